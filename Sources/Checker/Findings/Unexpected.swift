/// Entries that should not be there: copies of failed events, of this run but attempted by nobody, of another run.
struct Unexpected {
    private(set) var figures = Verdict.Unexpected()
    private(set) var failed = FirstHundred<Int>()
    private(set) var neverAttempted = FirstHundred<Place>()
    private(set) var foreign = FirstHundred<Place>()

    mutating func takeFailed(_ slot: Int) {
        figures.failed += 1
        failed.offer(slot)
    }

    mutating func takeNeverAttempted(_ place: Place) {
        figures.neverAttempted += 1
        neverAttempted.offer(place)
    }

    mutating func takeForeign(_ place: Place) {
        figures.foreign += 1
        foreign.offer(place)
    }
}
