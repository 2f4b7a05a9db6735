/// Events whose outcome is unknown and that have a copy: no error, and worth counting.
struct Recovered {
    private(set) var count = 0
    private(set) var examples = FirstHundred<Int>()

    mutating func take(_ slot: Int) {
        count += 1
        examples.offer(slot)
    }
}
