import Foundation
import Testing

/// `avar correlate`, run as a user runs it.
@Suite struct CorrelateTests {
    private static let ladder = """
        name,vas,accuracy
        base,7.5,49.1
        + VARD,10.1,51.0
        + AGTO,13.8,52.6
        + VARS,18.9,56.1

        """

    /// Runs the command on files of given content, the first by --table if it is a CSV file.
    private func correlate(_ files: [(name: String, text: String)], _ arguments: String...) throws -> Command.Outcome {
        try withTemporaryFolder { folder in
            for file in files { try Data(file.text.utf8).write(to: folder.appendingPathComponent(file.name)) }
            let names = files.map(\.name)
            let source = names[0].hasSuffix(".csv") ? ["--table", names[0]] : ["--input"] + names
            return try Command.run(["correlate"] + source + arguments, in: folder)
        }
    }

    private func failure(_ name: String, _ text: String) throws -> String {
        let run = try correlate([(name, text)])
        #expect(run.status == 1 && run.output.isEmpty)
        return try #require(run.sentence, "not one sentence: \(run.errors)")
    }

    /// The numbers are scipy's (pearsonr, linregress).
    @Test func thePapersLadder() throws {
        let run = try correlate([("ladder.csv", Self.ladder)])
        #expect(run.status == 0 && run.errors.isEmpty)
        let lines = run.output.split(separator: "\n")
        #expect(lines[0].split(separator: " ") == ["item", "VAS", "accuracy", "line", "class"])
        #expect(lines[1].hasPrefix("base ") && lines[1].hasSuffix(" narrow"))
        #expect(lines[2].hasSuffix(" wide") && lines[3].hasSuffix(" wide") && lines[4].hasSuffix(" panoramic"))
        #expect(run.output.contains("Pearson r           0.9961, p = 0.0039 "))
        #expect(run.output.contains("Spearman rho        1.0000, p = 0.083"))
        #expect(run.output.contains("line                accuracy = 44.68 + 0.5976 VAS"))
        #expect(run.output.contains("note: 4 points say little"))
    }

    @Test func jsonHasEveryNumber() throws {
        let json = try correlate([("ladder.csv", Self.ladder)], "--json").json()
        let pearson = try #require(json["pearson"] as? [String: Any])
        #expect(abs(try #require(pearson["coefficient"] as? Double) - 0.996_073_013_604_526) < 1e-12)
        #expect(pearson["degrees_of_freedom"] as? Int == 2 && pearson["method"] as? String == "student")
        let bootstrap = try #require(json["bootstrap"] as? [String: Any])
        #expect(bootstrap["units"] as? Int == 4)
        let items = try #require(json["items"] as? [[String: Any]])
        #expect(items.map { $0["class"] as? String } == ["narrow", "wide", "wide", "panoramic"])
        #expect(json["count"] as? Int == 4 && (json["notes"] as? [String])?.count ?? 0 >= 2)
        #expect((json["line"] as? [String: Any])?["residual_standard_deviation"] is Double)
        #expect(json["between_rungs"] == nil)
    }

    @Test func jsonFilesInEveryForm() throws {
        let files = [
            ("one.json", #"{"name": "base", "vas": 7.5, "accuracy": 49.1, "per_layer": [1, 2], "model": {"a": null}}"#),
            ("list.json", #"[{"name": "+ VARD", "vas": 10.1, "accuracy": 51.0, "run": 3, "rung": null}]"#),
            (
                "items.json",
                #"{"date": "today", "items": [{"vas": 13.8, "accuracy": 52.6, "name": "+ AGTO"}, "#
                    + #"{"name": "+ VARS", "vas": 18.9, "accuracy": 56.1, "rung": "", "more": true}]}"#
            ),
        ]
        var json = try correlate(files, "--json").json()
        var table = try correlate([("ladder.csv", Self.ladder)], "--json").json()
        var items = try #require(json["items"] as? [[String: Any]])
        #expect(items[1]["run"] as? String == "3" && items[3]["rung"] == nil)
        items[1]["run"] = nil
        #expect(items as NSArray == table["items"] as? NSArray)
        for key in ["items", "notes"] { (json[key], table[key]) = (nil, nil) }
        #expect(json as NSDictionary == table as NSDictionary)
    }

    @Test func tablesAsSpreadsheetsWriteThem() throws {
        let text =
            "\u{FEFF}accuracy;ignored".replacingOccurrences(of: ";", with: ",")
            + ",\"name\",rung,vas,run\r\n49.1,x,\"Qwen2.5-VL, 7B\",base,7.5,1\r\n"
            + "51,\"two\r\nlines\",\"the \"\"VARD\"\" one\",vard,10.1,1\r\n\r\n52.6,,c,agto,13.8,2\r\n56.1,,d,vars,18.9,2"
        let json = try correlate([("t.csv", text)], "--json").json()
        let items = try #require(json["items"] as? [[String: Any]])
        #expect(items.map { $0["name"] as? String } == ["Qwen2.5-VL, 7B", "the \"VARD\" one", "c", "d"])
        #expect(items.map { $0["run"] as? String } == ["1", "1", "2", "2"])
        #expect(items.map { $0["accuracy"] as? Double } == [49.1, 51, 52.6, 56.1])
        #expect(json["bootstrap"] == nil)
        let notes = try #require(json["notes"] as? [String])
        #expect(notes[0].contains("come from 2 runs") && notes[0].contains("not independent"))
        #expect((json["between_rungs"] as? [String: Any])?["count"] as? Int == 4)
    }

    @Test func theSameSeedTheSameInterval() throws {
        func bootstrap(_ seed: String) throws -> NSDictionary? {
            try correlate(
                [("ladder.csv", Self.ladder + "e,8,50\nf,12,50.9\n")], "--json", "--seed", seed, "--resamples", "500"
            )
            .json()["bootstrap"] as? NSDictionary
        }
        #expect(try bootstrap("1") == bootstrap("1"))
        #expect(try bootstrap("1") != bootstrap("2"))
    }

    @Test func filesOfOutput() throws {
        try withTemporaryFolder { folder in
            let table = folder.appendingPathComponent("ladder.csv")
            try Data(Self.ladder.utf8).write(to: table)
            let output = folder.appendingPathComponent("deep/results")
            let run = try Command.run("correlate", "--table", table.path, "--output", output.path, "--json")
            #expect(run.status == 0 && run.errors.contains("correlate.html"))
            func text(_ name: String) throws -> String {
                try String(contentsOf: output.appendingPathComponent(name), encoding: .utf8)
            }
            #expect(try text("correlate.json") == run.output)
            let page = try text("correlate.html")
            for word in ["panoramic", "+ VARS", "0.9961, p = 0.0039", "4 points say little"] {
                #expect(page.contains(word), "\(word)")
            }
            #expect(try text("scatter.svg").contains("least squares, r = 0.9961, p = 0.0039"))
            let before = page
            _ = try Command.run("correlate", "--table", table.path, "--output", output.path)
            #expect(try text("correlate.html") == before)
            let blocked = try Command.run("correlate", "--table", table.path, "--output", table.path)
            #expect(blocked.status == 1 && blocked.sentence?.contains("cannot be written there") == true)
        }
    }

    // MARK: Bad input

    @Test func itemsWithoutNumbers() throws {
        let good = #"{"name": "a", "vas": 1, "accuracy": 2}, {"name": "b", "vas": 2, "accuracy": 4}"#
        #expect(
            try failure("i.json", #"[\#(good), {"name": "c", "accuracy": 3}]"#).contains("item 3 ('c') has no 'vas'"))
        #expect(
            try failure("i.json", #"[\#(good), {"name": "c", "vas": "NaN", "accuracy": 3}]"#)
                .contains("item 3 ('c') has 'NaN' as its 'vas', which is not a finite number"))
        #expect(try failure("i.json", #"[\#(good), {"name": "c", "vas": true, "accuracy": 3}]"#).contains("'true'"))
        #expect(
            try failure("i.json", #"[\#(good), {"name": "c", "vas": {"paper": 3}, "accuracy": 3}]"#).contains(
                "an object"))
        #expect(try failure("i.json", #"[\#(good), {"vas": 1, "accuracy": 3}]"#).contains("item 3 has no 'name'"))
        #expect(try failure("i.json", #"[\#(good), 7]"#).contains("item 3 is not an object"))
        #expect(try failure("i.json", #"{"items": 7}"#).contains("'items' is not a list"))
        #expect(try failure("i.json", "[{]").contains("i.json: it is not JSON"))
        #expect(try failure("t.csv", "name,vas,accuracy\na,1,2\nb,,3\n").contains("line 3 ('b') has no 'vas'"))
        #expect(try failure("t.csv", "name,vas,accuracy\na,1,2\nb,inf,3\n").contains("'inf'"))
        #expect(try failure("t.csv", "name,vas\na,1\nb,2\n").contains("line 2 ('a') has no 'accuracy'"))
    }

    @Test func damagedTables() throws {
        #expect(try failure("t.csv", "").contains("t.csv: it is empty"))
        #expect(
            try failure("t.csv", "name,vas,accuracy\na,1\n").contains("line 2 has 2 fields, the first line names 3"))
        #expect(
            try failure("t.csv", "name,vas,accuracy\n\"a,1,2\nb,2,3\n").contains("the quote in line 2 is never closed"))
        #expect(try failure("t.csv", "name,vas,accuracy\na\"b,1,2\n").contains("line 2 has a quote within a field"))
        #expect(try failure("t.csv", "name,vas,vas\na,1,2\n").contains("two columns named 'vas'"))
    }

    @Test func numbersThatCannotBeCorrelated() throws {
        #expect(try failure("t.csv", "name,vas,accuracy\na,1,2\nb,2,3\n").contains("at least 3 items, got 2"))
        #expect(try failure("t.csv", "name,vas,accuracy\na,1,2\nb,1,3\nc,1,4\n").contains("The vas of every item is 1"))
        let twice = try failure("t.csv", "name,vas,accuracy\na,1,2\nb,2,3\na,3,5\n")
        #expect(twice.contains("line 4 has the name 'a', as has line 2"))
        let files = try correlate(
            [
                ("x.json", #"{"name": "a", "vas": 1, "accuracy": 2}"#),
                ("y.json", #"{"name": "a", "vas": 1, "accuracy": 2}"#),
            ])
        #expect(files.sentence?.contains("the object of x.json") == true)
        #expect(
            try Command.run("correlate", "--table", "/nonexistent.csv").sentence?.contains("/nonexistent.csv") == true)
    }

    @Test(arguments: [
        ["correlate"], ["correlate", "--table", "a", "--input", "b"],
        ["correlate", "--table", "a", "--resamples", "5"],
    ])
    func wrongUsage(arguments: [String]) throws {
        let run = try Command.run(arguments)
        #expect(run.status == 64 && run.output.isEmpty)
    }
}
