import Documents
import Testing

struct UnitsTests {
    @Test(arguments: [
        ("10s", 10_000_000_000), ("200ms", 200_000_000), ("5m", 300_000_000_000), ("1h", 3_600_000_000_000),
        ("500us", 500_000), ("30d", 2_592_000_000_000_000), ("1.5s", 1_500_000_000), ("0.25ms", 250_000), ("7ns", 7),
        ("0s", 0), ("3650d", 315_360_000_000_000_000),
    ])
    func durationsAreReadExactly(text: String, nanoseconds: Int64) {
        #expect(Units.duration(text)?.wholeNanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "10", "s", "", "10 s", "-1s", "1e3s", ".5s", "1.s", "1.5.5s", "1.5ns", "3651d", "10S", "10sec",
        "99999999999999999999s", "1.0000000001s", "٣s", "1s ",
    ])
    func otherTextsAreNoDurations(text: String) {
        #expect(Units.duration(text) == nil)
    }

    @Test(arguments: ["200ms", "1.5s", "2m", "10s", "500us", "30d", "1h", "90s", "7ns", "0s", "1.25ms"])
    func durationsAreWrittenAsTheyAreRead(text: String) {
        #expect(Units.duration(text)?.written == (text == "90s" ? "90s" : text))
    }

    @Test func sharesAreExact() {
        #expect(Units.share("40%") == .percent(40))
        #expect(Units.share("0.5%")?.millionths == 5_000)
        #expect(Units.share("100%")?.of(.seconds(10)) == .seconds(10))
        #expect(Units.share("40%")?.of(.milliseconds(1001)) == .microseconds(400_400))
        #expect(Units.share("33.3333%")?.description == "33.3333%")
        for text in ["101%", "40", "%", "-1%", "0.00001%"] { #expect(Units.share(text) == nil) }
        #expect(Units.share("99.9999%")?.of(.seconds(315_360_000)).wholeNanoseconds == 315_359_684_640_000_000)
    }

    @Test func ratesAndSizesHaveUnits() {
        #expect(Units.bitRate("200kbit") == 200_000)
        #expect(Units.bitRate("1.5mbit") == 1_500_000)
        #expect(Units.bitRate("200k") == nil)
        #expect(Units.size("64MiB") == 67_108_864)
        #expect(Units.size("20GB") == 20_000_000_000)
        #expect(Units.size("9999999999TB") == nil)
    }
}

struct NearestTests {
    @Test(arguments: [
        ("trails", "trials"), ("duratoin", "duration"), ("Rate", "rate"), ("agent", "agents"),
        ("in_flight", "in-flight"),
    ])
    func aSlipIsRecognised(written: String, meant: String) {
        #expect(nearest(to: written, among: ["agents", "rate", "duration", "trials", "in-flight"]) == meant)
    }

    @Test(arguments: ["", "x", "banana", "seed"])
    func whatIsFarIsNotGuessed(written: String) {
        #expect(nearest(to: written, among: ["agents", "rate", "duration", "trials", "in-flight"]) == nil)
    }

    @Test func hostileWordsAreShownHarmlessly() {
        #expect(shown("a\u{1B}[2J\u{202E}\n") == "\"a\\u{1B}[2J\\u{202E}\\n\"")
        #expect(shown(String(repeating: "x", count: 100)) == "\"" + String(repeating: "x", count: 60) + "…\"")
    }
}
