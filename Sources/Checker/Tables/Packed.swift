/// Small facts of each event side by side, eight bytes an event: a look at one brings all of them into the cache.
///
/// Deliveries come in the order of the log, in which a few hundred agents take turns; with a column for each fact every
/// delivery would wait for memory once a column.
final class Packed {
    private let memory: Column<UInt64>

    init(count: Int) { memory = Column(repeating: 0, count: count) }

    /// The facts at bytes `offset` and on of each event's eight. Valid as long as this object.
    func field<Element: BitwiseCopyable>(_ offset: Int, of type: Element.Type) -> Field<Element> {
        precondition(offset >= 0 && offset + MemoryLayout<Element>.size <= 8)
        precondition(offset % MemoryLayout<Element>.alignment == 0)
        let start = UnsafeMutableRawPointer(memory.base) + offset
        return Field(base: Field.Base(start: start), count: memory.count)
    }

    /// One fact of every event; indexed as a `Column`.
    struct Field<Element: BitwiseCopyable>: BitwiseCopyable {
        /// Unchecked, for hot loops.
        struct Base: BitwiseCopyable {
            fileprivate let start: UnsafeMutableRawPointer

            @inline(__always) func address(_ index: Int) -> UnsafeRawPointer { UnsafeRawPointer(start + index &* 8) }

            @inline(__always) subscript(index: Int) -> Element {
                get { (start + index &* 8).load(as: Element.self) }
                nonmutating set { (start + index &* 8).storeBytes(of: newValue, as: Element.self) }
            }
        }

        let base: Base
        let count: Int

        @inline(__always) subscript(index: Int) -> Element {
            get {
                precondition(index >= 0 && index < count)
                return base[index]
            }
            nonmutating set {
                precondition(index >= 0 && index < count)
                base[index] = newValue
            }
        }
    }
}
