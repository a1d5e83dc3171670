using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using CpIs.Fhir.Cli.Tests.Profiles;
using CpIs.Fhir.Cli.Tests.Stub;

namespace CpIs.Fhir.Cli.Tests.Validation;

/// <summary><c>cpis validate</c>.</summary>
public sealed class ValidateTests : IDisposable
{
    private const string Good = """{"resourceType":"Patient","active":true}""";
    private const string Bad = """{"resourceType":"Patient","gender":"wren"}""";
    private const string Warned = """{"resourceType":"Patient","meta":{"profile":["https://example.org/no-such"]}}""";

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task A_good_file_is_exit_0_and_a_bad_one_exit_1_with_place_rule_and_line()
    {
        var good = await Invocation.RunAsync("validate", _workshop.Write("good.json", Good));
        good.Code.Should().Be(0, good.Error);
        good.Out.Should().Contain("valid ").And.Contain("1 validated: 1 valid, 0 not; 0 errors");

        var path = _workshop.Write("bad.json", "{\n  \"resourceType\": \"Patient\",\n  \"gender\": \"wren\"\n}\n");
        var bad = await Invocation.RunAsync("validate", path);
        bad.Code.Should().Be(1);
        bad.Out.Should().Contain($"{path}:3:3 error [fhir-binding] Patient.gender");
        bad.Out.Should().MatchRegex(@"found: +wren").And.Contain("  3 | \"gender\": \"wren\"\n    | ^\n");
        bad.Out.Should().NotContain("\e", "nobody looks at it on a terminal");
    }

    [Fact]
    public async Task Json_is_one_line_for_each_input_also_for_what_is_no_FHIR_at_all()
    {
        var ended = await Invocation.RunAsync(
            "validate",
            _workshop.Write("a.json", Good),
            _workshop.Write("b.txt", "neither \u0001 nor"),
            _workshop.Write("c.xml", "<Patient xmlns=\"http://hl7.org/fhir\"><active value=\"true\"/></Patient>"),
            _workshop.Write("d.json", ""),
            "--json"
        );

        ended.Code.Should().Be(1);
        ended.Objects.Select(o => o["valid"]!.GetValue<bool>()).Should().Equal(true, false, true, false);
        ended
            .Objects.Select(o => Path.GetFileName(o["file"]!.GetValue<string>()))
            .Should()
            .Equal("a.json", "b.txt", "c.xml", "d.json");
        foreach (var line in ended.Objects)
        {
            line.AsObject().Select(p => p.Key).Should().Equal("file", "valid", "outcome");
            line["outcome"]!["resourceType"]!.GetValue<string>().Should().Be("OperationOutcome");
        }
    }

    [Fact]
    public async Task A_folder_is_read_with_all_below_it_in_order_and_only_what_may_be_FHIR()
    {
        Directory.CreateDirectory(_workshop["in/deep"]);
        _workshop.Write("in/b.json", Good);
        _workshop.Write("in/deep/a.XML", "<Patient xmlns=\"http://hl7.org/fhir\"><active value=\"true\"/></Patient>");
        _workshop.Write("in/c.ndjson", Good + "\n\n" + Bad + "\r\n" + Good);
        _workshop.Write("in/readme.md", "no FHIR");

        var ended = await Invocation.RunAsync("validate", _workshop["in"], "--json");

        ended.Code.Should().Be(1);
        ended
            .Objects.Select(o => o["file"]!.GetValue<string>()[_workshop["in"].Length..])
            .Should()
            .Equal("/b.json", "/c.ndjson:1", "/c.ndjson:3", "/c.ndjson:4", "/deep/a.XML");
        ended.Objects[2]["valid"]!.GetValue<bool>().Should().BeFalse();
        ended.Objects[2]["outcome"]!["issue"]![0]!["location"]![0]!.GetValue<string>().Should().StartWith("line 3, ");
    }

    [Theory]
    [InlineData(Good + "\n", "-")]
    [InlineData("{\n \"resourceType\": \"Patient\"\n}", "-")]
    [InlineData(" \n<Patient xmlns=\"http://hl7.org/fhir\"><active value=\"true\"/></Patient>", "-")]
    [InlineData(Good + "\n" + Good, "-:1 -:2")]
    [InlineData(Good + "\n\n" + Good + "\n\n", "-:1 -:3")]
    public async Task Standard_input_is_one_resource_or_a_record_a_line(string text, string names)
    {
        var ended = await Invocation.RunAsync(["validate", "-", "--json"], text);

        ended.Code.Should().Be(0, ended.Out);
        ended.Objects.Select(o => o["file"]!.GetValue<string>()).Should().Equal(names.Split(' '));
    }

    [Fact]
    public async Task Many_records_come_out_in_order_whoever_was_first()
    {
        var records = Enumerable
            .Range(0, 3_000)
            .Select(i =>
                i % 7 == 0 ? Bad
                : i % 100 == 1 ? Bundle(200)
                : Good
            )
            .ToList();

        var ended = await Invocation.RunAsync(["validate", "-", "--json"], string.Join('\n', records));

        ended.Code.Should().Be(1);
        ended
            .Objects.Select(o => o["file"]!.GetValue<string>())
            .Should()
            .Equal(Enumerable.Range(1, records.Count).Select(line => $"-:{line}"));
        ended.Objects.Select(o => o["valid"]!.GetValue<bool>()).Should().Equal(records.Select(r => r != Bad));
        ended.Error.Should().BeEmpty("a bar is for a terminal");
    }

    [Fact]
    public async Task A_named_profile_must_be_met_and_a_claimed_one_may_be_left_aside()
    {
        var flag = Path.Combine(Checkout.Root, "examples", "resources", "Flag-cpp-0001.json");
        (await Invocation.RunAsync("validate", flag, "--profile", "CPIS-Flag")).Code.Should().Be(0);

        var bare = _workshop.Write(
            "flag.json",
            """{"resourceType":"Flag","status":"active","code":{"text":"x"},"subject":{"display":"x"}}"""
        );
        (await Invocation.RunAsync("validate", bare)).Code.Should().Be(0);
        var asked = await Invocation.RunAsync(
            "validate",
            bare,
            "--profile",
            "https://fhir.cpis.example/StructureDefinition/CPIS-Flag"
        );
        asked.Code.Should().Be(1);
        asked.Out.Should().Contain("[fhir-min]");

        var claims = _workshop.Write(
            "claims.json",
            """{"resourceType":"Flag","meta":{"profile":["https://fhir.cpis.example/StructureDefinition/CPIS-Flag"]},"status":"active","code":{"text":"x"},"subject":{"display":"x"}}"""
        );
        (await Invocation.RunAsync("validate", claims)).Code.Should().Be(1);
        (await Invocation.RunAsync("validate", claims, "--no-claims")).Code.Should().Be(0);
    }

    [Fact]
    public async Task Less_grave_problems_advice_and_the_rest_are_shown_as_wanted()
    {
        var warned = _workshop.Write("warned.json", Warned);
        (await Invocation.RunAsync("validate", warned)).Out.Should().Contain("information [fhir-profile-unknown]");
        var quiet = await Invocation.RunAsync("validate", warned, "--min-severity", "error");
        quiet.Code.Should().Be(0);
        quiet.Out.Should().NotContain("fhir-profile-unknown");

        var good = _workshop.Write("good.json", Good);
        (await Invocation.RunAsync("validate", good)).Out.Should().NotContain("dom-6");
        (await Invocation.RunAsync("validate", good, "--advice")).Out.Should().Contain("[dom-6]");

        var many = _workshop.Write("many.json", """{"resourceType":"Patient","a":1,"b":1,"c":1}""");
        var capped = await Invocation.RunAsync("validate", many, "--max-issues", "1");
        capped.Code.Should().Be(1);
        capped.Out.Should().Contain("more problems are not listed").And.Contain("--max-issues");
    }

    [Fact]
    public async Task A_package_brings_its_profiles()
    {
        var package = _workshop["cpis.tgz"];
        (await Invocation.RunAsync("profiles", "pack", "--profiles", Checkout.Profiles, "--out", package))
            .Code.Should()
            .Be(0);
        var flag = Path.Combine(Checkout.Root, "examples", "resources", "Flag-cpp-0001.json");

        var ended = await Invocation.RunAsync("validate", flag, "--package", package, "--profile", "CPIS-Flag");

        ended.Code.Should().Be(0, ended.Out + ended.Error);
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("validate", "GOOD", "--wren")]
    [InlineData("validate", "no-such.json")]
    [InlineData("validate", "FOLDER")]
    [InlineData("validate", "-", "-")]
    [InlineData("validate", "GOOD", "--json", "--sarif")]
    [InlineData("validate", "GOOD", "--max-issues", "0")]
    [InlineData("validate", "GOOD", "--min-severity", "awful")]
    [InlineData("validate", "GOOD", "--profile", "https://example.org/no-such")]
    [InlineData("validate", "GOOD", "--package", "no-such.tgz")]
    [InlineData("validate", "GOOD", "--package", "GOOD")]
    public async Task What_cannot_run_is_exit_2_with_one_line_that_says_why(params string[] args)
    {
        var good = _workshop.Write("good.json", Good);
        Directory.CreateDirectory(_workshop["empty"]);

        var ended = await Invocation.RunAsync([
            .. args.Select(arg =>
                arg.Replace("GOOD", good, StringComparison.Ordinal)
                    .Replace("FOLDER", _workshop["empty"], StringComparison.Ordinal)
            ),
        ]);

        ended.Code.Should().Be(2);
        ended.Error.Should().StartWith("cpis: ");
        ended.Out.Should().BeEmpty();
    }

    [Fact]
    public async Task A_misspelt_profile_is_told_its_neighbour()
    {
        var ended = await Invocation.RunAsync("validate", _workshop.Write("g.json", Good), "--profile", "CPIS-Patint");

        ended.Code.Should().Be(2);
        ended.Error.Should().Contain("Is it https://fhir.cpis.example/StructureDefinition/CPIS-Patient");
    }

    [Fact]
    public async Task Sarif_names_each_rule_once_and_each_problem_with_file_line_and_column()
    {
        var bad = _workshop.Write("a b.json", "{\n\"resourceType\":\"Patient\",\n\"gender\":\"wren\",\"wren\":1}");
        var ended = await Invocation.RunAsync("validate", bad, _workshop.Write("w.json", Warned), bad, "--sarif");

        ended.Code.Should().Be(1);
        var sarif = JsonNode.Parse(ended.Out)!;
        sarif["version"]!.GetValue<string>().Should().Be("2.1.0");
        var run = sarif["runs"]![0]!;
        var rules = run["tool"]!["driver"]!["rules"]!.AsArray().Select(r => r!["id"]!.GetValue<string>()).ToList();
        rules
            .Should()
            .OnlyHaveUniqueItems()
            .And.Contain(["fhir-binding", "fhir-unknown-element", "fhir-profile-unknown"]);
        var results = run["results"]!.AsArray();
        results.Should().HaveCount(5);
        foreach (var result in results)
            rules[result!["ruleIndex"]!.GetValue<int>()].Should().Be(result["ruleId"]!.GetValue<string>());
        var binding = results.First(r => r!["ruleId"]!.GetValue<string>() == "fhir-binding")!;
        binding["level"]!.GetValue<string>().Should().Be("error");
        var place = binding["locations"]![0]!;
        place["physicalLocation"]!["region"]!.ToJsonString().Should().Be("""{"startLine":3,"startColumn":1}""");
        place["physicalLocation"]!["artifactLocation"]!["uri"]!
            .GetValue<string>()
            .Should()
            .StartWith("file:///")
            .And.EndWith("a%20b.json");
        place["logicalLocations"]![0]!["fullyQualifiedName"]!.GetValue<string>().Should().Be("Patient.gender");
        results.Single(r => r!["ruleId"]!.GetValue<string>() == "fhir-profile-unknown")!["level"]!
            .GetValue<string>()
            .Should()
            .Be("note");
    }

    [Fact]
    public async Task Junit_has_a_case_for_each_input_and_fails_those_with_errors()
    {
        var ended = await Invocation.RunAsync(
            "validate",
            _workshop.Write("good.json", Good),
            _workshop.Write("bad.json", """{"resourceType":"Patient","gender":"<\u0001&]]>"}"""),
            _workshop.Write("warned.json", Warned),
            "--junit"
        );

        ended.Code.Should().Be(1);
        var suite = XDocument.Parse(ended.Out).Root!.Element("testsuite")!;
        suite.Attribute("tests")!.Value.Should().Be("3");
        suite.Attribute("failures")!.Value.Should().Be("1");
        var cases = suite.Elements("testcase").ToList();
        cases
            .Select(c => Path.GetFileName(c.Attribute("name")!.Value))
            .Should()
            .Equal("good.json", "bad.json", "warned.json");
        cases[0].Elements().Should().BeEmpty();
        cases[1].Element("failure")!.Value.Should().Contain("Patient.gender");
        cases[2].Element("system-out")!.Value.Should().Contain("fhir-profile-unknown");
    }

    [Fact]
    public async Task A_line_longer_than_a_screen_is_shown_around_the_problem()
    {
        var text =
            $$"""{"resourceType":"Patient","name":[{"family":"{{new string('x', 500)}}"}],"gender":"wren","active":true}""";

        var ended = await Invocation.RunAsync("validate", _workshop.Write("long.json", text));

        var lines = ended.Out.Split('\n');
        var at = Array.FindIndex(lines, line => line.StartsWith("  1 | ", StringComparison.Ordinal));
        lines[at].Should().StartWith("  1 | ...x").And.Contain("\"gender\":\"wren\"");
        lines[at].Length.Should().BeLessThan(120);
        lines[at][lines[at + 1].IndexOf('^', StringComparison.Ordinal)..].Should().StartWith("\"gender\"");
    }

    [Fact]
    public async Task Nothing_that_stands_in_a_resource_can_move_the_cursor()
    {
        var ended = await Invocation.RunAsync(
            "validate",
            _workshop.Write(
                "evil.json",
                "{\"resourceType\":\"Patient\",\"gender\":\"\\u001b[2J\",\"\\u001b]0;x\\u0007\":1}"
            )
        );

        ended.Code.Should().Be(1);
        ended.Out.Should().NotContain("\e").And.NotContain("\a");
    }

    private static string Bundle(int entries)
    {
        var text = new StringBuilder("""{"resourceType":"Bundle","type":"collection","entry":[""");
        for (var i = 0; i < entries; i++)
            text.Append(i > 0 ? "," : "")
                .Append("{\"fullUrl\":\"urn:uuid:")
                .Append(new Guid(i + 1, 0, 0, new byte[8]))
                .Append("\",\"resource\":")
                .Append(Good)
                .Append('}');
        return text.Append("]}").ToString();
    }
}
