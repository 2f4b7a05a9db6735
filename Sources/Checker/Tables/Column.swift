/// A fixed run of plain values, owned by this object.
///
/// Hot loops take `base` into a local and index it unchecked, within `0..<count`; everything else uses the subscript,
/// which checks. Memory that was never written costs nothing: a column may be made for an upper bound.
final class Column<Element: BitwiseCopyable> {
    let base: UnsafeMutablePointer<Element>
    let count: Int

    init(uninitialized count: Int) {
        precondition(count >= 0)
        self.count = count
        base = .allocate(capacity: max(count, 1))
    }

    convenience init(repeating value: Element, count: Int) {
        self.init(uninitialized: count)
        base.initialize(repeating: value, count: count)
    }

    deinit { base.deallocate() }

    subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count)
            return base[index]
        }
        set {
            precondition(index >= 0 && index < count)
            base[index] = newValue
        }
    }
}
