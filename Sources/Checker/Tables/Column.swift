import Glibc

/// A fixed run of plain values, owned by this object.
///
/// Hot loops take `base` into a local and index it unchecked, within `0..<count`; everything else uses the subscript,
/// which checks. Memory that was never written costs nothing: a column may be made for an upper bound.
///
/// Large columns ask for large pages. Events of a few hundred agents are looked up side by side, each agent's in another
/// place of each of several columns: more places than there are entries for small pages in the processor.
final class Column<Element: BitwiseCopyable> {
    let base: UnsafeMutablePointer<Element>
    let count: Int

    init(uninitialized count: Int) {
        precondition(count >= 0)
        self.count = count
        let bytes = count * MemoryLayout<Element>.stride
        guard bytes >= 2 * largePage else {
            base = .allocate(capacity: max(count, 1))
            return
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: largePage)
        // A wish: without large pages everything works as well, if slower.
        madvise(memory, bytes, MADV_HUGEPAGE)
        base = memory.bindMemory(to: Element.self, capacity: count)
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

private let largePage = 2 << 20
