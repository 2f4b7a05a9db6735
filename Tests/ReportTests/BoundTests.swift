import Report
import Testing

struct BoundTests {
    @Test(arguments: [
        ("0", Bound.count(0)), ("17", .count(17)), ("2s", .time(nanoseconds: 2_000_000_000)),
        ("1.5s", .time(nanoseconds: 1_500_000_000)), ("20ms", .time(nanoseconds: 20_000_000)),
        ("0.25 ms", .time(nanoseconds: 250_000)), ("3min", .time(nanoseconds: 180_000_000_000)),
        ("0s", .time(nanoseconds: 0)), ("1.000000001s", .time(nanoseconds: 1_000_000_001)),
    ])
    func wholeNumbersAndTimesWithUnitsAreBounds(text: String, bound: Bound) throws {
        #expect(try Bound.parse(text) == bound)
        #expect(try Bound.parse(bound.description) == bound)
    }

    @Test(arguments: ["", "s", "1.5", "-1", "2 parsecs", "1.s", ".5s", "1.0000000001s", "99999999999999999999", "1e3"])
    func anythingElseIsRefused(text: String) {
        #expect(throws: Refusal.self) { try Bound.parse(text) }
    }
}
