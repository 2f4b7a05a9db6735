/// Entries that could not be read, and entries of this run whose event was attempted with another checksum.
struct Corrupted {
    private(set) var count = 0
    private(set) var examples = FirstHundred<Place>()

    mutating func take(_ place: Place) {
        count += 1
        examples.offer(place)
    }
}
