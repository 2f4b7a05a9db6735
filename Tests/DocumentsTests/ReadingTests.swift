import Documents
import Testing

private func value(_ text: String) throws -> Value {
    try YAML.read("f: \(text)", file: "s.yml").mapping()[0].value
}

struct ReadingTests {
    @Test func numbersAreReadFromPlainScalarsOnly() throws {
        #expect(try value("10").wholeNumber(in: 1...10) == 10)
        #expect(try value("-3").wholeNumber(in: -3...0) == -3)
        let one = "write a whole number from 1 to 9"
        let refusals = [
            "'5'": "\"5\" is a text, for it stands in quotes", "1e3": "\"1e3\" is no whole number",
            "5.0": "\"5.0\" is no whole number", "0x5": "\"0x5\" is no whole number", "+5": "\"+5\" is no whole number",
            "05": "\"05\" has leading zeros", "10": "\"10\" is out of range", "-1": "\"-1\" is out of range",
            "99999999999999999999": "\"99999999999999999999\" is out of range", "[5]": "is a list",
            "{a: 5}": "is a mapping", "five": "\"five\" is no whole number", "": "nothing is no whole number",
        ]
        for (text, problem) in refusals {
            let shown = refusal { try value(text).wholeNumber(in: 1...9) }
            #expect(shown.hasSuffix(": f: \(problem); \(one)"), "\(shown)")
        }
        #expect(
            refusal { try value("0").wholeNumber(in: 1...Int.max) }
                == "s.yml:1:4: f: \"0\" is out of range; write a whole number, 1 or more")
    }

    @Test func truthValuesAreTrueAndFalseAlone() throws {
        #expect(try value("true").truth())
        #expect(try !value("false").truth())
        for text in ["yes", "True", "'true'", "1"] {
            let shown = refusal { try value(text).truth() }
            #expect(shown.hasSuffix("is neither true nor false; write true or false, without quotes"))
        }
    }

    @Test func textsAreScalars() throws {
        #expect(try value("5").string() == "5")
        #expect(try value("''").string() == "")
        #expect(try value("yes").string() == "yes")
        #expect(refusal { try value("null").string() } == "s.yml:1:4: f: is nothing; write a text")
        #expect(refusal { try value("[a]").string() } == "s.yml:1:4: f: is a list; write a text")
        #expect(
            refusal { try value("\" a\"").name() }
                == "s.yml:1:4: f: \" a\" is no name; write one line without spaces around it")
        #expect(
            refusal { try value("\"a\\e[31m\"").name() }
                == "s.yml:1:4: f: \"a\\u{1B}[31m\" is no name; write one line without spaces around it")
    }

    @Test func wordsComeFromAList() throws {
        #expect(try value("ext4").word(of: ["ext4", "xfs"]) == "ext4")
        #expect(
            refusal { try value("ext5").word(of: ["ext4", "xfs"]) }
                == "s.yml:1:4: f: \"ext5\" is not known; did you mean \"ext4\"? Known here: ext4, xfs")
        #expect(
            refusal { try value("btrfs").word(of: ["ext4", "xfs"]) }
                == "s.yml:1:4: f: \"btrfs\" is not known; known here: ext4, xfs")
        #expect(
            refusal { try value("[ext4]").word(of: ["ext4", "xfs"]) }
                == "s.yml:1:4: f: is a list; write one of: ext4, xfs")
    }

    @Test func aFieldIsAskedForByName() throws {
        let root = try YAML.read("name: a\ntrials: 3", file: "s.yml")
        var fields = try Fields(root, of: "a configuration")
        #expect(try fields.required("name").name() == "a")
        #expect(try fields.optional("trials")?.wholeNumber(in: 1...9) == 3)
        #expect(try fields.optional("seed") == nil)
        try fields.finish()
    }

    @Test func unknownFieldsAreRefused() throws {
        let root = try YAML.read("name: a\ntrails: 3", file: "s.yml")
        let shown = refusal {
            var fields = try Fields(root, of: "a configuration")
            _ = try fields.required("name")
            _ = try fields.optional("trials")
            try fields.finish()
        }
        #expect(
            shown
                == "s.yml:2:1: trails: is no field of a configuration; did you mean \"trials\"? Known here: name, trials"
        )
    }

    @Test func missingFieldsAreNamed() throws {
        let root = try YAML.read("c:\n  rate: 1", file: "s.yml").mapping()[0].value
        let shown = refusal {
            var fields = try Fields(root, of: "a configuration")
            _ = try fields.required("name", such: "name: everysec")
        }
        #expect(
            shown == "s.yml:2:3: c.name: is missing, and a configuration needs it; add it, such as name: everysec")
        let misspelt = try YAML.read("nmae: a", file: "s.yml")
        let other = refusal {
            var fields = try Fields(misspelt, of: "a configuration")
            _ = try fields.required("name")
        }
        #expect(other == "s.yml:1:1: nmae: is no field of a configuration; did you mean \"name\"? Known here: name")
    }

    @Test func aFieldWithoutAValueIsRefused() throws {
        let root = try YAML.read("faults:\nname: a", file: "s.yml")
        let shown = refusal {
            var fields = try Fields(root, of: "a suite")
            _ = try fields.optional("faults")
        }
        #expect(shown == "s.yml:1:8: faults: has no value; give it one, or leave the field out")
        #expect(
            refusal { try Fields(try YAML.read("[a]", file: "s.yml"), of: "a suite") }
                == "s.yml:1:1: is a list; a suite is a mapping of fields")
    }
}
