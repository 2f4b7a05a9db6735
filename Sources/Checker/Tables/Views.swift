import History

/// A chunk's records with tables that lead from its own numbers to those of the whole history. A number that leads
/// nowhere becomes "none", so that no record can reach outside a table. Valid as long as its `Views`.
struct View: BitwiseCopyable {
    static let noGroup = Int(UInt32.max)

    fileprivate struct Tables: BitwiseCopyable {
        var records: UnsafePointer<Record>
        var count: Int
        var types: UInt32
        var names: UnsafePointer<UInt32>
        var nameCount: Int
        var groups: UnsafePointer<UInt32>
        var groupCount: Int
    }

    /// One pointer, so that a view goes along with each record in a register.
    fileprivate let tables: UnsafePointer<Tables>

    @inline(__always) var records: UnsafePointer<Record> { tables.pointee.records }
    @inline(__always) var count: Int { tables.pointee.count }

    @inline(__always) func name(_ number: UInt32) -> Int {
        let number = Int(number)
        return number < tables.pointee.nameCount ? Int(tables.pointee.names[number]) : 0
    }

    @inline(__always) func group(_ record: UnsafePointer<Record>) -> Int {
        let number = Int(record.pointee.logOrGroup)
        return number < tables.pointee.groupCount ? Int(tables.pointee.groups[number]) : View.noGroup
    }

    /// False only if the chunk says that it has no record of this type.
    func mayHave(_ type: RecordType) -> Bool { tables.pointee.types & 1 << UInt32(type.rawValue) != 0 }
}

/// All chunks of a history, cut so that an index into one fits in 32 bits.
final class Views {
    static let recordsMax = Int(Int32.max)

    let all: [View]
    private let chunks: [RecordChunk]
    private let names: [Column<UInt32>]
    private let groups: [Column<UInt32>]
    private let tables: Column<View.Tables>

    init(_ history: History) {
        let (nameCount, groupCount) = (history.names.count, history.groupNames.count)
        var names = [Views.table((0..<nameCount).map { UInt32($0) }, below: nameCount, otherwise: 0)]
        var groups = [Views.table((0..<groupCount).map { UInt32($0) }, below: groupCount, otherwise: .max)]
        var tables: [View.Tables] = []
        for chunk in history.chunks {
            guard let base = chunk.records.baseAddress else { continue }
            var (chunkNames, chunkGroups) = (names[0], groups[0])
            if let own = chunk.names {
                chunkNames = Views.table(own, below: nameCount, otherwise: 0)
                names.append(chunkNames)
            }
            if let own = chunk.groups {
                chunkGroups = Views.table(own, below: groupCount, otherwise: .max)
                groups.append(chunkGroups)
            }
            for start in stride(from: 0, to: chunk.records.count, by: Views.recordsMax) {
                tables.append(
                    View.Tables(
                        records: base + start, count: min(Views.recordsMax, chunk.records.count - start),
                        types: Views.types(chunk.counts), names: chunkNames.base, nameCount: chunkNames.count,
                        groups: chunkGroups.base, groupCount: chunkGroups.count))
            }
        }
        let column = Column<View.Tables>(uninitialized: tables.count)
        for (index, table) in tables.enumerated() { column.base[index] = table }
        all = (0..<tables.count).map { View(tables: column.base + $0) }
        (self.tables, chunks, self.names, self.groups) = (column, history.chunks, names, groups)
    }

    private static func types(_ counts: [Int]) -> UInt32 {
        RecordType.allCases.reduce(0) { mask, type in
            let index = Int(type.rawValue)
            return index < counts.count && counts[index] == 0 ? mask : mask | 1 << UInt32(type.rawValue)
        }
    }

    private static func table<Number: FixedWidthInteger & BitwiseCopyable>(
        _ numbers: [Number], below limit: Int, otherwise: Number
    ) -> Column<Number> {
        let column = Column<Number>(uninitialized: numbers.count)
        for (index, number) in numbers.enumerated() {
            column.base[index] = Int(number) < limit ? number : otherwise
        }
        return column
    }
}
