using System.Text;
using CpIs.Fhir.Core.Reading;
using FsCheck;
using FsCheck.Fluent;

namespace CpIs.Fhir.Core.Tests.Records;

/// <summary>What may not reach a parser. Every row is a clear 400 (413 for size) with a rule, never an exception.</summary>
public sealed class JsonGuardTests
{
    public static TheoryData<string, string, string?> Hostile =>
        new()
        {
            { "", "cpis-json-empty", null },
            { " \r\n\t", "cpis-json-empty", null },
            { "[]", "cpis-json-object", null },
            { "\"text\"", "cpis-json-object", null },
            { "12", "cpis-json-object", null },
            { "null", "cpis-json-object", null },
            { "nonsense", "cpis-json-syntax", null },
            { "{", "cpis-json-syntax", "$this" },
            { "{\"a\":1,}", "cpis-json-syntax", "$this.a" },
            { "{\"a\":1}x", "cpis-json-syntax", null },
            { "{\"a\":1}{\"a\":1}", "cpis-json-syntax", null },
            { "{\"a\":1} // comment", "cpis-json-syntax", null },
            { "{/* comment */\"a\":1}", "cpis-json-syntax", "$this" },
            { "{\"a\":NaN}", "cpis-json-syntax", "$this.a" },
            { "{\"a\":01}", "cpis-json-syntax", "$this.a" },
            { "{\"a\":\"\u0001\"}", "cpis-json-syntax", "$this.a" },
            { "{\"\":1}", "cpis-json-syntax", null },
            { "{\"a\":{\"b\":[{\"\":{}}]}}", "cpis-json-syntax", null },
            { "{\"a\":1,\"a\":2}", "cpis-json-duplicate", "$this.a" },
            { "{\"resourceType\":\"Flag\",\"resourceType\":\"Flag\"}", "cpis-json-duplicate", "Flag.resourceType" },
            { "{\"a\":1,\"\\u0061\":2}", "cpis-json-duplicate", "$this.a" },
            { "{\"a\":{\"b\":1,\"c\":{},\"b\":2}}", "cpis-json-duplicate", "$this.a.b" },
            { "{\"a\":\"\\u0000\"}", "cpis-json-control", "$this.a" },
            { "{\"a\":\"x\\u001fy\"}", "cpis-json-control", "$this.a" },
            { "{\"a\":\"\\b\"}", "cpis-json-control", "$this.a" },
            { "{\"a\":\"\\ud800\"}", "cpis-json-surrogate", "$this.a" },
            { "{\"a\":\"x\\udc00\"}", "cpis-json-surrogate", "$this.a" },
            { "{\"\\ud800\":1}", "cpis-json-surrogate", null },
            { "{\"a\":\"\"}", "cpis-json-blank", "$this.a" },
            { "{\"a\":\"   \"}", "cpis-json-blank", "$this.a" },
            { "{\"a\":\"\\t\\n\"}", "cpis-json-blank", "$this.a" },
            { "{\"a\":\"\u00a0\u2003\"}", "cpis-json-blank", "$this.a" },
            { "{\"a\":[{\"b\":1},{\"code\":\" x\"}]}", "cpis-json-trim", "$this.a[1].code" },
            { "{\"reference\":\"Patient/1 \"}", "cpis-json-trim", "$this.reference" },
            {
                "{\"resourceType\":\"Flag\",\"period\":{\"start\":\"2024-02-20T10:00Z\"}}",
                "cpis-json-seconds",
                "Flag.period.start"
            },
            { "{\"start\":\"2024-02-20T10:00\"}", "cpis-json-seconds", "$this.start" },
            { "{\"start\":\"2024-02-20T10:00+01:00\"}", "cpis-json-seconds", "$this.start" },
        };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Hostile_input_is_a_clear_400(string json, string rule, string? place)
    {
        var refusal = JsonGuard.Check(Encoding.UTF8.GetBytes(json), JsonLimits.Default);

        refusal.Should().NotBeNull();
        refusal!.Kind.Should().Be(RefusalKind.Malformed);
        refusal.Issues.Should().Contain(i => i.Rule == rule);
        if (place is not null)
            refusal.Issues.Should().Contain(i => i.Rule == rule && i.Expression == place);
    }

    [Theory]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}' }, "cpis-json-bom")]
    [InlineData(
        new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' },
        "cpis-json-utf8"
    )]
    [InlineData(
        new byte[] { (byte)'{', (byte)'"', 0xED, 0xA0, 0x80, (byte)'"', (byte)':', (byte)'1', (byte)'}' },
        "cpis-json-utf8"
    )]
    [InlineData(new byte[] { 0xFE, 0xFF, 0, (byte)'{' }, "cpis-json-utf8")]
    public void Bytes_that_are_no_UTF8_text_are_a_clear_400(byte[] json, string rule) =>
        JsonGuard.Check(json, JsonLimits.Default)!.Issues.Single().Rule.Should().Be(rule);

    [Theory]
    [InlineData("{'resourceType':'Bundle','entry':[{},{},{},{broken", true, "Bundle.entry")]
    [InlineData("{'resourceType':'Bundle','entry':[0,'x',[],{}]}", true, "Bundle.entry")]
    [InlineData("{'entry':[{},{},{},{}],'type':{'resourceType':'x'},'resourceType':'Bundle'}", true, "Bundle.entry")]
    [InlineData(
        "{'resourceType':'Parameters','parameter':[{'resource':{'resourceType':'Bundle','entry':[{},{},{},{}]}}]}",
        true,
        "Parameters.parameter[0].resource.entry"
    )]
    [InlineData(
        "{'resourceType':'Parameters','parameter':[{'resource':{'entry':[{},{},{},{}],'resourceType':'Bundle'}}]}",
        true,
        "Parameters.parameter[0].resource.entry"
    )]
    [InlineData("{'resourceType':'Bundle','entry':[{},{},{}]}", false, null)]
    [InlineData("{'resourceType':'List','entry':[{},{},{},{}]}", false, null)]
    [InlineData("{'entry':[{},{},{},{}],'resourceType':'List'}", false, null)]
    [InlineData("{'entry':[{},{},{},{}]}", false, null)]
    public void Entries_of_a_Bundle_are_counted_while_they_are_read(string json, bool refused, string? place)
    {
        var refusal = JsonGuard.Check(
            Encoding.UTF8.GetBytes(json.Replace('\'', '"')),
            JsonLimits.Default with
            {
                MaximumEntries = 3,
            }
        );

        (refusal is not null).Should().Be(refused);
        if (refused)
        {
            refusal!.Kind.Should().Be(RefusalKind.TooLarge);
            refusal.Issues.Single().Rule.Should().Be("cpis-upload-entries");
            refusal.Issues.Single().Expression.Should().Be(place);
        }
    }

    [Fact]
    public void Size_is_413_before_anything_is_read() =>
        JsonGuard
            .Check(new byte[1_025], new JsonLimits { MaximumBytes = 1_024 })!
            .Kind.Should()
            .Be(RefusalKind.TooLarge);

    [Theory]
    [InlineData(32, false)]
    [InlineData(33, true)]
    [InlineData(100_000, true)]
    public void Nesting_ends_at_32(int depth, bool refused)
    {
        var json = string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

        var refusal = JsonGuard.Check(Encoding.UTF8.GetBytes(json), JsonLimits.Default);

        (refusal is not null).Should().Be(refused);
        if (refused)
            refusal!.Issues.Single().Rule.Should().Be("cpis-json-depth");
    }

    [Theory]
    [InlineData(65_536, false)]
    [InlineData(65_537, true)]
    public void A_string_ends_at_64_KiB(int length, bool refused) =>
        (Check($"{{\"a\":\"{new string('x', length)}\"}}") is not null).Should().Be(refused);

    [Theory]
    [InlineData(10, false)]
    [InlineData(11, true)]
    public void A_resource_contains_at_most_ten(int count, bool refused) =>
        (Check($"{{\"contained\":[{string.Join(',', Enumerable.Repeat("{}", count))}]}}") is not null)
            .Should()
            .Be(refused);

    [Fact]
    public void An_object_of_very_many_properties_is_refused_soon()
    {
        var json = "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"p{i}\":1")) + "}";

        Check(json)!.Issues.Single().Rule.Should().Be("cpis-json-properties");
    }

    [Fact]
    public void A_body_with_a_thousand_problems_lists_the_first_fifty() =>
        Check($"{{\"a\":[{string.Join(',', Enumerable.Repeat("\"\"", 1_000))}]}}")!.Issues.Should().HaveCount(50);

    [Theory]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"Zieliński"}]}""")]
    [InlineData("""{"a":"tab\tand\nline","b":[1,2.5e3,true,null,{"c":[]}],"d":"\ud83d\ude00"}""")]
    [InlineData("""{"text":"2024-02-20T10:00Z","value":" x "}""")]
    [InlineData("""{"start":"2024-02-20T10:00:00Z","b":{"start":"2024-02-20"}}""")]
    [InlineData(" {\"a\":1} \r\n")]
    public void Good_input_passes(string json) => Check(json).Should().BeNull();

    [Fact]
    public void A_place_counts_lines_and_columns_from_one() =>
        Check("{\n  \"a\": \"\"\n}")!.Issues.Single().Diagnostics.Should().Contain("line 2, column 8");

    [Fact]
    public void No_bytes_at_all_make_it_or_the_parser_throw() =>
        Prop.ForAll<byte[]>(bytes =>
            {
                JsonGuard.Check(bytes, JsonLimits.Default);
                return ResourceParser.Parse(bytes, JsonLimits.Default).Refusal is not null;
            })
            .QuickCheckThrowOnFailure();

    [Fact]
    public void No_mutation_of_a_good_upload_makes_the_parser_throw()
    {
        var good = Encoding.UTF8.GetBytes(Uploads.Sample.ChildWithFlag().ToJsonString());
        Prop.ForAll(
                Gen.Choose(0, good.Length - 1).SelectMany(at => Gen.Choose(0, 255).Select(b => (at, b))).ToArbitrary(),
                change =>
                {
                    var bytes = good.ToArray();
                    bytes[change.at] = (byte)change.b;
                    var result = ResourceParser.Parse(bytes, JsonLimits.Default);
                    return result.Refusal is null || result.Refusal.Issues.Count > 0;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    private static Refusal? Check(string json) => JsonGuard.Check(Encoding.UTF8.GetBytes(json), JsonLimits.Default);
}
