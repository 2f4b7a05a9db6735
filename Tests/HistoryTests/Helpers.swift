import Foundation
import Glibc
import History

let header =
    #"{"type":"history","version":1,"run":"r","system":"kafka","configuration":"c","fault":null,"seed":1,"#
    + #""retries":"none","retention":null}"#
let twoLogs =
    #"{"type":"history","version":1,"run":"r","system":"kafka","configuration":"c","fault":null,"seed":1,"#
    + #""retries":"none","logs":{"hot":{"streams":["h"]},"cold":{"streams":["k"],"of_record":true}}}"#
let attempt = #"{"type":"attempt","t":1,"agent":0,"seq":0,"try":1,"kind":"k","intended":1,"crc":1}"#

func read(_ text: String, file: String = "f") throws(InputError) -> History {
    try read(Array(text.utf8), file: file)
}

func read(_ bytes: [UInt8], file: String = "f") throws(InputError) -> History {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    return try History.read(interchange: UnsafeRawBufferPointer(copy), file: file)
}

/// The refusal of a text, or nil if it is accepted.
func refusal(_ bytes: [UInt8]) -> InputError? {
    do throws(InputError) {
        _ = try read(bytes)
        return nil
    } catch { return error }
}

func refusal(_ lines: String...) -> InputError? { refusal(Array(lines.joined(separator: "\n").utf8)) }

/// A folder of a test's own, gone when the test is.
final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "holdfast-history-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        // Not by Foundation, which waits for the disk each time.
        let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw POSIXError(.EIO) }
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }
}

/// A history's text as `export` gives it.
func exported(_ history: History) throws -> String {
    let folder = try Folder()
    let file = folder.path + "/out"
    let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    try history.export(to: descriptor, name: file)
    return String(decoding: try folder.bytes("out"), as: UTF8.self)
}

/// Everything a history says, with names in place of numbers: what two histories must share to be the same.
func content(_ history: History) -> [String] {
    var lines = ["\(history.header)", "\(history.groups)", "\(history.groupEnds)", "\(history.faults)"]
    lines.append("\(history.ends) \(history.lastEnd)")
    let forms = history.forms.map { (history.names[Int($0.key)], $0.value) }.sorted { $0.0 < $1.0 }
    lines.append("\(forms)")
    for chunk in history.chunks {
        for record in chunk.records { lines.append(described(record, chunk, history)) }
    }
    return lines
}

func described(_ r: Record, _ chunk: RecordChunk, _ history: History) -> String {
    func name(_ number: UInt32) -> String {
        number == 0 ? "-" : "<" + history.names[Int(chunk.names?[Int(number)] ?? number)].text + ">"
    }
    let numbered: Bool = r.type != .outcome
    let named: Set<RecordType> = [.transaction, .gap]
    let crc = r.type.map { named.contains($0) } == true ? name(r.crc) : "\(r.crc)"
    let second = numbered ? name(r.second) : "\(r.second)"
    let grouped: Set<RecordType> = [.delivery, .ack, .commit, .processed]
    let isGrouped = r.type.map { grouped.contains($0) } == true
    let group =
        isGrouped ? history.groupNames[Int(chunk.groups?[Int(r.group)] ?? UInt32(r.group))].text : "\(r.logOrGroup)"
    return "\(r.rawType) \(r.word) \(group) \(r.t) \(r.agent) \(r.seq) \(r.major) \(r.minor) \(crc) \(second)"
        + " \(name(r.stream)) \(name(r.last))"
}
