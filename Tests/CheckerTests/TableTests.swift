import History
import Testing

@testable import Checker

struct TableTests {
    @Test(arguments: [0, 1, 2, 5_000]) func sortedAsTheLibrarySorts(_ count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        for shift in [0, 20, 45] {
            for runs in [1, 3, count + 1] {
                var values = (0..<count).map { _ in Int64(bitPattern: random.next()) >> shift }
                if runs <= 3 {
                    let size = max(1, count / runs)
                    values = stride(from: 0, to: count, by: size)
                        .flatMap { values[$0..<min($0 + size, count)].sorted() }
                }
                let (column, scratch) = (Column<Int64>(uninitialized: count), Column<Int64>(uninitialized: count))
                for (index, value) in values.enumerated() { column[index] = value }
                RadixSort.sort(column, count: count, scratch: scratch)
                #expect((0..<count).map { column[$0] } == values.sorted())
            }
        }
    }

    @Test func theFirstHundredInAnyOrderEachOnce() {
        var (first, random) = (FirstHundred<Int>(), SplitMix64(seed: 3))
        for key in ((0..<1000).map { $0 * 2 } + (0..<50)).shuffled(using: &random) { first.offer(key) }
        #expect(first.keys == Array(Set((0..<1000).map { $0 * 2 } + (0..<50)).sorted().prefix(100)))
    }

    @Test func positionsAreFoundFromAnywhere() {
        let table = PositionTable(entriesMax: 2000, streams: 3)
        table.endStream()
        for place: UInt64 in 0..<1000 { table.append(Position(place * 3, place % 2), whole: Int(place)) }
        table.endStream()
        table.append(Position(5), whole: 7)
        table.endStream()
        var random = SplitMix64(seed: 1)
        for _ in 0..<2000 {
            let place = UInt64.random(in: 0..<1000, using: &random)
            #expect(table.search(1, Position(place * 3, place % 2)) == UInt32(place))
            #expect(table.search(1, Position(place * 3, place % 2 + 1)) == PositionTable.none)
        }
        #expect(table.search(0, Position(0)) == PositionTable.none && table.search(2, Position(5)) == 1000)
        #expect(table.number(stream: 1, Position(1)) == 1001 && table.number(stream: 1, Position(1)) == 1001)
        #expect(table.isExtra(1001) && table.stream(1001) == 1 && table.stream(999) == 1 && table.stream(1000) == 2)
    }

    @Test func positionsFarApartAreFoundAsWell() {
        let narrow = [Position(7, 0), Position(7, .init(UInt32.max)), Position(7 + 1 << 31, 5)]
        let wide = [Position(0, 1), Position(0, 1 << 40), Position(1 << 50, 0), Position(.max, .max)]
        let table = PositionTable(entriesMax: 20, streams: 2)
        for (stream, positions) in [narrow, wide].enumerated() {
            for position in positions { table.append(position, whole: 0) }
            table.endStream()
            for (place, position) in positions.enumerated() {
                let number = UInt32(table.span(stream).lowerBound + place)
                #expect(table.position(number, stream: stream) == position)
                #expect(table.search(stream, position) == number)
            }
        }
        for stray in [
            Position(6, .max), Position(7, 1), Position(7, 1 << 32), Position(8), Position(7 + 1 << 32), Position(.max),
        ] { #expect(table.search(0, stray) == PositionTable.none) }
        for stray in [Position(0), Position(0, 1 << 41), Position(1 << 50, 1), Position(.max, .max - 1)] {
            #expect(table.search(1, stray) == PositionTable.none)
        }
    }

    @Test func slotsCountUpByAgentAndSeq() {
        let dense = EventIndex.Extent(number: -5, least: 3, greatest: 9, attempts: 5)
        let sparse = EventIndex.Extent(number: 1 << 40, least: 0, greatest: .max, attempts: 3)
        #expect(dense.isDense && !sparse.isDense)
        let index = EventIndex([dense, sparse], sparse: [1: [0, 7, .max]])
        #expect(index.count == 10)
        #expect(index.slot(agent: index.agent(-5), seq: 3) == 0 && index.slot(agent: 0, seq: 10) == -1)
        #expect(index.slot(agent: index.agent(1 << 40), seq: .max) == 9 && index.slot(agent: 1, seq: 8) == -1)
        #expect(index.agent(6) == -1 && index.slot(agent: -1, seq: 0) == -1)
        #expect(index.event(8) == (1 << 40, 7) && index.event(6) == (-5, 9))
    }

    @Test func differencesStayWithin64Bits() {
        #expect(Int64.max.minus(.min) == .max && Int64.min.minus(1) == .min && (5 as Int64).minus(7) == -2)
    }
}
