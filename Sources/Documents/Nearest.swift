/// The known word that somebody most likely meant, or nil if none is near: at most one edit for every three letters
/// (at least one). An edit is a letter left out, added, replaced, or swapped with its neighbour.
public func nearest(to word: String, among known: [String]) -> String? {
    let written = Array(word.lowercased().unicodeScalars.prefix(64))
    guard !written.isEmpty else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
        let letters = Array(candidate.lowercased().unicodeScalars.prefix(64))
        let allowed = max(1, max(written.count, letters.count) / 3)
        let distance = editDistance(written, letters)
        if distance <= allowed, distance < min(written.count, letters.count) || distance == 0,
            distance < best?.distance ?? .max
        {
            best = (candidate, distance)
        }
    }
    return best?.word
}

/// `did you mean "rate"? Known here: agents, rate, duration`, or just what is known.
public func suggestion(for word: String, among known: [String]) -> String {
    let list = known.isEmpty ? "none is known here" : "known here: \(known.joined(separator: ", "))"
    guard let near = nearest(to: word, among: known) else { return list }
    return "did you mean \(shown(near))? \(list.prefix(1).uppercased())\(list.dropFirst())"
}

/// Edits between two words, a swap of neighbours counting as one (optimal string alignment).
func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for (row, letter) in first.enumerated() {
        var current = [row + 1]
        for (column, other) in second.enumerated() {
            var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
            if row > 0, column > 0, letter == second[column - 1], first[row - 1] == other {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        beforeLast = last
        last = current
    }
    return last[second.count]
}
