import Foundation
import Platform
import Testing

struct LocalTimeFormatTests {
    @Test func aTimeIsThatOfTheMachinesZone() throws {
        let calendar = Calendar.current
        for seconds in [0, 1_700_000_000.9, 4_102_444_799] {
            let date = Date(timeIntervalSince1970: seconds)
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
            let text = LocalTimeFormat("%Y-%m-%dT%H:%M:%S").string(from: date)
            let numbers = text.split { "-T:".contains($0) }.compactMap { Int($0) }
            #expect(
                numbers
                    == [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second].compactMap { $0 })
            #expect(text.count == 19)
        }
    }
}
