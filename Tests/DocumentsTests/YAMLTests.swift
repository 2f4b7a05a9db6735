import Documents
import Testing

/// The text of the refusal, or what was read instead.
func refusal(_ body: () throws -> some Any) -> String {
    do {
        return "no refusal: \(try body())"
    } catch {
        return "\(error)"
    }
}

func refusal(ofYAML text: String) -> String {
    refusal { try YAML.read(text, file: "s.yml") }
}

struct YAMLTests {
    @Test func everyValueHasItsPlaceAndPath() throws {
        let root = try YAML.read("suite: a\nfaults:\n  - none\n  - {fault: é, with: {cut: 3s}}\n", file: "s.yml")
        let entries = try root.mapping()
        #expect(root.path.isEmpty)
        #expect((entries[0].value.line, entries[0].value.column) == (1, 8))
        let faults = try entries[1].value.list()
        #expect(faults[0].path == "faults[0]")
        let with = try faults[1].mapping()[1]
        #expect(with.key.path == "faults[1].with")
        #expect((with.key.line, with.key.column) == (4, 16))
        #expect(try with.value.mapping()[0].value.path == "faults[1].with.cut")
    }

    @Test func plainAndQuotedScalarsAreToldApart() throws {
        let values = try YAML.read("- 1\n- '1'\n- \"1\"\n- |\n  1\n", file: "s.yml").list()
        let plain = values.map { value in
            if case .scalar(_, let plain) = value.content { return plain }
            return false
        }
        #expect(plain == [true, false, false, false])
    }

    @Test func aByteOrderMarkIsPassedOver() throws {
        let root = try YAML.read("\u{FEFF}suite: a", file: "s.yml")
        #expect(try root.mapping()[0].key.column == 1)
        #expect(root.column == 1)
    }

    @Test func whatAPlainTreeCannotHoldIsRefused() {
        #expect(
            refusal(ofYAML: "a: &x 1\nb: *x")
                == "s.yml:1:4: a: anchors (&x) are not taken; write the value out")
        #expect(
            refusal(ofYAML: "a: 1\nb: *x")
                == "s.yml:2:4: b: aliases (*x) are not taken; write the value out; a text that begins with * needs quotes"
        )
        #expect(
            refusal(ofYAML: "*x : 1")
                == "s.yml:1:1: aliases (*x) are not taken; write the value out; a text that begins with * needs quotes")
        #expect(
            refusal(ofYAML: "a: !!str 1")
                == "s.yml:1:4: a: tags (tag:yaml.org,2002:str) are not taken; leave the tag out")
        #expect(refusal(ofYAML: "a: !x [1]") == "s.yml:1:4: a: tags (!x) are not taken; leave the tag out")
        #expect(refusal(ofYAML: "&k a: 1") == "s.yml:1:1: a: anchors (&k) are not taken; write the value out")
        #expect(
            refusal(ofYAML: "a: 1\n---\nb: 2")
                == "s.yml:2:1: a second document begins here; keep one document in a file, without a further ---")
        #expect(
            refusal(ofYAML: "%TAG ! tag:x,1:\n---\na: 1")
                == "s.yml:1:1: a %TAG directive is not taken here; leave it out")
        #expect(
            refusal(ofYAML: "w:\n  a: 1\n  b: 2\n  \"a\": 3")
                == "s.yml:4:3: w.a: is given twice; it stands on line 2 already; keep one of them")
        #expect(refusal(ofYAML: "? [a]\n: 1") == "s.yml:1:3: this key is no text; a key is a name, such as rate")
        #expect(refusal(ofYAML: "'': 1") == "s.yml:1:1: this key is no text; a key is a name, such as rate")
        for empty in ["", "# nothing\n", "\u{FEFF}"] {
            #expect(refusal(ofYAML: empty) == "s.yml: is empty; it should hold a mapping of fields")
        }
    }

    @Test func whatLibyamlRefusesKeepsItsWordsAndItsPlace() {
        #expect(
            refusal(ofYAML: "a: [1,\nb: 2")
                == "s.yml:3:1: did not find expected ',' or ']' (while parsing a flow sequence at line 1); "
                + "the file is not YAML here")
        #expect(
            refusal(ofYAML: "a:\n\tb: 1")
                == "s.yml:2:1: found character that cannot start any token (while scanning for the next token at line 2); "
                + "indent with spaces: YAML takes no tabs there")
        #expect(
            refusal(ofYAML: "é: b: c")
                == "s.yml:1:5: mapping values are not allowed in this context; the file is not YAML here")
        #expect(
            refusal(ofYAML: "a: 1\nb: é\u{1}")
                == "s.yml:2:5: control characters are not allowed; remove the character, or write it as an escape in "
                + "double quotes")
    }

    @Test func badUTF8IsRefusedWhereItStands() {
        let bad: [[UInt8]] = [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80]]
        for bytes in bad {
            let text = refusal { try YAML.read(Array("a: 1\nb: é".utf8) + bytes, file: "s.yml") }
            #expect(text == "s.yml:2:5: is not UTF-8 here; save the file as UTF-8")
        }
        #expect(
            refusal { try YAML.read([0xFF, 0xFE, 0x61, 0x00], file: "s.yml") }
                == "s.yml:1:1: is not UTF-8 here; save the file as UTF-8")
    }

    @Test func depthIsBounded() throws {
        let allowed = String(repeating: "[", count: 31) + "1" + String(repeating: "]", count: 31)
        #expect(try YAML.read(allowed, file: "s.yml").isSequence)
        let path = String(repeating: "[0]", count: 32)
        let text = "lists and mappings are nested more than 32 deep; nest them less"
        for count in [33, 100_000] {
            let deep = refusal(ofYAML: String(repeating: "[", count: count))
            #expect(deep == "s.yml:1:33: \(path): \(text)")
        }
        #expect(refusal(ofYAML: String(repeating: "- ", count: 100_000)) == "s.yml:1:65: \(path): \(text)")
        #expect(refusal(ofYAML: String(repeating: "{a: ", count: 1000)).hasSuffix(text))
        #expect(refusal(ofYAML: String(repeating: "? ", count: 1000)).hasSuffix("such as rate"))
    }

    @Test func sizeAndNumberOfValuesAreBounded() {
        #expect(
            refusal(ofYAML: String(repeating: "a", count: 1 << 20) + "b")
                == "s.yml: has more than 1048576 bytes; suites and faults are small files; is this the right one?")
        let many = refusal(ofYAML: "[" + String(repeating: "1,", count: 60_000) + "]")
        #expect(
            many == "s.yml:1:100000: [49999]: the file has more than 50000 values; split it into several files")
        let laughs = (1...9).reduce("a0: &a0 x\n") { text, level in
            text + "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(refusal(ofYAML: laughs) == "s.yml:1:5: a0: anchors (&a0) are not taken; write the value out")
    }

    @Test func filesThatCannotBeReadAreRefused() {
        #expect(refusal { try YAML.load("/no/such.yml") } == "/no/such.yml: there is no such file; check the path")
        #expect(refusal { try YAML.load("/") } == "/: is a folder; name a YAML file")
        #expect(refusal { try YAML.load("/dev/zero") } == "/dev/zero: is no regular file; name a YAML file")
    }
}
