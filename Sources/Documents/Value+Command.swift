import Glibc

extension Value {
    /// A program and its arguments, word by word: no shell reads them.
    ///
    /// A relative path is meant from the working directory; of what is not there, from this file's folder or its parent.
    public func commandWords() throws(Diagnostic) -> [String] {
        var words: [String] = []
        for item in try list() {
            guard item.isScalar, !item.text.utf8.contains(0) else {
                throw item.diagnostic(
                    "is no word of a command", remedy: "a command is a list of words: no shell reads it")
            }
            words.append(found(item.text))
        }
        guard let program = words.first, !program.isEmpty else {
            throw diagnostic("is empty", remedy: "write the program and its arguments, word by word")
        }
        return words
    }

    private func found(_ word: String) -> String {
        guard word.contains("/"), !word.hasPrefix("/"), !word.hasPrefix("-"), access(word, F_OK) != 0 else {
            return word
        }
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        return [folder + word, folder + "../" + word].first { access($0, F_OK) == 0 } ?? word
    }
}
