using System.Text;
using System.Text.RegularExpressions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Tests.Shared;
using static CpIs.Fhir.Conformance.Tests.Validation.Synthetic;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>
/// The work of a verdict grows with the size of the text and no faster. Bytes are counted by the runtime, and what the processor
/// did for this thread alone by the kernel: how fast or how busy the machine is plays no part.
/// </summary>
public sealed class LinearWorkTests
{
    private static readonly Synthetic Set = new(
        Profile(
            "Person",
            "Patient",
            ("id", "'max':'1','type':[{'code':'id'}]"),
            ("birthDate", "'min':1,'max':'1','type':[{'code':'date'}]"),
            ("link", "'max':'*','type':[{'code':'BackboneElement'}]"),
            (
                "link.other",
                $"'min':1,'max':'1','type':[{{'code':'Reference','targetProfile':['{Base}Nobody','{Base}Person']}}]"
            ),
            ("link.type", "'min':1,'max':'1','type':[{'code':'code'}]")
        ),
        Profile("Nobody", "Patient", ("gender", "'min':1,'max':'1','type':[{'code':'code'}]")),
        Profile(
            "OneOf",
            "Bundle",
            ("type", "'max':'1','type':[{'code':'code'}]"),
            ("entry", "'max':'*','type':[{'code':'BackboneElement'}]"),
            ("entry.fullUrl", "'max':'1','type':[{'code':'uri'}]"),
            ("entry.resource", $"'max':'1','type':[{{'code':'Patient','profile':['{Base}Nobody','{Base}Person']}}]")
        )
    );

    private static string Many(int count, Func<int, string> make) =>
        string.Join(',', Enumerable.Range(0, count).Select(make));

    private static string Url(int at) => $"urn:uuid:c757873d-ec9a-4326-a141-{at:x12}";

    private static string Links(int count, int at) =>
        Many(count, to => $"{{'type':'seealso','other':{{'reference':'{Url((at + to) % 64)}'}}}}");

    /// <summary>Shapes of definitions, which only whoever sets up an exchange or a test chooses; they take long to build.</summary>
    private static readonly HashSet<string> Trusted =
    [
        "elements of a differential",
        "elements of a snapshot",
        "resources of a guide, each in a group",
    ];

    public static IEnumerable<TheoryDataRow<string>> Shapes =>
        Makers.Keys.Select(shape =>
            Trusted.Contains(shape)
                ? new TheoryDataRow<string>(shape).WithTrait(Proof.Long, "true")
                : new TheoryDataRow<string>(shape)
        );

    private static readonly Dictionary<string, (int Count, string Profile, Func<int, string> Make)> Makers = new()
    {
        ["entries of a Bundle"] = (
            200,
            "",
            n =>
                $"{{'resourceType':'Bundle','type':'collection','entry':[{Many(n, at => $"{{'fullUrl':'{Url(at)}','resource':{{'resourceType':'Patient','name':[{{'family':'x'}}]}}}}")}]}}"
        ),
        ["entries before the type of their Bundle"] = (
            200,
            "",
            n =>
                $"{{'resourceType':'Bundle','entry':[{Many(n, at => $"{{'request':{{'method':'PUT','url':'Patient/{at}'}},'resource':{{'id':'{at}','resourceType':'Patient','active':true}}}}")}],'type':'transaction'}}"
        ),
        ["identifiers"] = (
            500,
            "",
            n => $"{{'resourceType':'Patient','identifier':[{Many(n, at => $"{{'system':'urn:s','value':'{at}'}}")}]}}"
        ),
        ["extensions"] = (
            500,
            "",
            n =>
                $"{{'resourceType':'Patient','extension':[{Many(n, at => $"{{'url':'https://example.org/{at}','valueString':'x'}}")}]}}"
        ),
        ["extensions beside the members of a list"] = (
            500,
            "",
            n =>
                $"{{'resourceType':'Patient','name':[{{'given':[{Many(n, _ => "'x'")}],'_given':[{Many(n, at => $"{{'id':'i{at}'}}")}]}}]}}"
        ),
        ["contained resources that are referred to"] = (
            200,
            "",
            n =>
                $"{{'resourceType':'Patient','contained':[{Many(n, at => $"{{'resourceType':'RelatedPerson','id':'c{at}','patient':{{'reference':'#'}}}}")}],'link':[{Many(n, at => $"{{'type':'seealso','other':{{'reference':'#c{at}'}}}}")}]}}"
        ),
        ["contained resources that refer to each other"] = (
            200,
            "",
            n =>
                $"{{'resourceType':'Patient','contained':[{Many(n, at => $"{{'resourceType':'Organization','id':'c{at}','name':'x','partOf':{{'reference':'#c{(at + 1) % n}'}}}}")}]}}"
        ),
        ["references of each to each"] = (
            200,
            "Person",
            n => $"{{'resourceType':'Patient','birthDate':'2020-01-01','link':[{Links(n, 0)}]}}"
        ),
        ["resources of a Bundle that refer to each other"] = (
            64,
            "OneOf",
            n =>
                $"{{'resourceType':'Bundle','type':'collection','entry':[{Many(n, at => $"{{'fullUrl':'{Url(at)}','resource':{{'resourceType':'Patient','birthDate':'2020-01-01','link':[{Links(8, at)}]}}}}")}]}}"
        ),
        ["a chain of references"] = (
            200,
            "OneOf",
            n =>
                $"{{'resourceType':'Bundle','type':'collection','entry':[{Many(n, at => $"{{'fullUrl':'{Url(at)}','resource':{{'resourceType':'Patient','birthDate':'2020-01-01','link':[{{'type':'seealso','other':{{'reference':'{Url(at + 1)}'}}}}]}}}}")}]}}"
        ),
        ["links before the fullUrl, and references after it"] = (
            200,
            "",
            n =>
                $"{{'resourceType':'Bundle','type':'collection','entry':[{{'link':[{Many(n, at => $"{{'relation':'r{at}','url':'urn:x'}}")}],'resource':{{'resourceType':'Patient','link':[{Many(n, at => $"{{'type':'seealso','other':{{'reference':'Patient/{at}'}}}}")}]}},'fullUrl':'{Url(1)}'}}]}}"
        ),
        ["parameters with parts"] = (
            200,
            "",
            n =>
                $"{{'resourceType':'Parameters','parameter':[{Many(n, at => $"{{'name':'p','part':[{{'name':'q','valueString':'{at}'}}]}}")}]}}"
        ),
        ["elements of a differential"] = (
            400,
            "",
            n =>
                $"{{'resourceType':'StructureDefinition','url':'http://x','name':'X','status':'draft','kind':'resource','abstract':false,'type':'Patient','baseDefinition':'http://x','derivation':'constraint','differential':{{'element':[{{'id':'Patient','path':'Patient'}},{Many(n, at => $"{{'id':'Patient.x{at}','path':'Patient.x{at}'}}")}]}}}}"
        ),
        ["elements of a snapshot"] = (
            400,
            "",
            n =>
                $"{{'resourceType':'StructureDefinition','url':'http://x','name':'X','status':'draft','kind':'resource','abstract':false,'type':'Patient','baseDefinition':'http://x','derivation':'constraint','snapshot':{{'element':[{{'id':'Patient','path':'Patient'}},{Many(n, at => $"{{'id':'Patient.x{at}','path':'Patient.x{at}'}}")}]}}}}"
        ),
        ["resources of a guide, each in a group"] = (
            100,
            "",
            n =>
                $"{{'resourceType':'ImplementationGuide','url':'http://x','name':'X','status':'draft','packageId':'x','fhirVersion':['4.0.1'],'definition':{{'grouping':[{Many(n, at => $"{{'id':'g{at}','name':'x'}}")}],'resource':[{Many(n, at => $"{{'reference':{{'reference':'Patient/{at}'}},'groupingId':'g{n - 1 - at}'}}")}]}}}}"
        ),
        ["components of an observation of many codes"] = (
            100,
            "",
            n =>
                $"{{'resourceType':'Observation','status':'final','code':{{'coding':[{Many(n, at => $"{{'system':'urn:s','code':'c{at}'}}")}]}},'valueString':'x','component':[{Many(n, at => $"{{'code':{{'coding':[{{'system':'urn:t','code':'c{at}'}}]}},'valueString':'x'}}")}]}}"
        ),
        ["unknown elements"] = (50, "", n => $"{{'resourceType':'Patient',{Many(n, at => $"'x{at}':1")}}}"),
        ["errors in a list"] = (500, "", n => $"{{'resourceType':'Patient','name':[{Many(n, _ => "{'bogus':1}")}]}}"),
        ["nulls in a list"] = (500, "", n => $"{{'resourceType':'Patient','name':[{Many(n, _ => "null")}]}}"),
        ["codings"] = (
            500,
            "",
            n =>
                $"{{'resourceType':'Patient','maritalStatus':{{'coding':[{Many(n, at => $"{{'system':'urn:s','code':'c{at}'}}")}]}}}}"
        ),
        ["a long text"] = (
            20_000,
            "",
            n => $"{{'resourceType':'Patient','name':[{{'text':'{string.Concat(Enumerable.Repeat("a ", n))}'}}]}}"
        ),
        ["a long narrative"] = (
            2_000,
            "",
            n =>
                $"{{'resourceType':'Patient','text':{{'status':'generated','div':'<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">{string.Concat(Enumerable.Repeat("<p>x</p>", n))}</div>'}}}}"
        ),
        ["a long base64"] = (
            20_000,
            "",
            n => $"{{'resourceType':'Patient','photo':[{{'data':'{string.Concat(Enumerable.Repeat("AAAA", n))}'}}]}}"
        ),
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Eight_times_the_text_is_about_eight_times_the_work(string shape)
    {
        var (count, profile, make) = Makers[shape];
        var small = Text(make(count));
        Work(small, profile);

        var few = Work(small, profile);

        var many = Work(Text(make(8 * count)), profile);
        (many.Bytes / (double)few.Bytes).Should().BeLessThan(11, "bytes allocated");
        // 64 times the text: quadratic work is 4,096 times as much. What the collector does for this thread is in it too.
        var most = Work(Text(make(64 * count)), profile, turns: 1);
        (most.Processor / few.Processor).Should().BeLessThan(640, $"{few.Processor} against {most.Processor}");
    }

    [Fact]
    public void A_Flag_against_our_profile_takes_less_than_30_KB()
    {
        var text = File.ReadAllBytes(Path.Combine(Files.Examples, "Flag-cpp-0001.json"));
        Work(text, "");

        Work(text, "").Bytes.Should().BeLessThan(30_000);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(31)]
    public void Nesting_to_the_limit_is_linear_and_no_crash(int depth)
    {
        string Nested(int left) =>
            left == 0 ? "{'name':'p','valueString':'x'}" : $"{{'name':'p','part':[{Nested(left - 1)}]}}";
        var text = Text($"{{'resourceType':'Parameters','parameter':[{Nested(depth - 1)}]}}");
        Work(text, "");

        (Work(text, "").Bytes / depth).Should().BeLessThan(20_000);
        Set.Validate($"{{'resourceType':'Parameters','parameter':[{Nested(depth - 1)}]}}", "")
            .IsValid.Should()
            .BeTrue();
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_told() =>
        TheValidator
            .Validate(
                $"{{\"resourceType\":\"Parameters\",\"parameter\":{string.Concat(Enumerable.Repeat("[{\"part\":", 100_000))}"
            )
            .Issues.Single()
            .Rule.Should()
            .Be("cpis-json-depth");

    public static TheoryData<string> Patterns =>
        [
            .. TheValidator
                .Definitions.StructureUrls.Select(url => TheValidator.Definitions.FindStructure(url))
                .SelectMany(model => model?.Elements ?? [])
                .SelectMany(element => element.Constraints)
                .Select(rule => rule.Expression)
                .OfType<string>()
                .SelectMany(expression => Regex.Matches(expression, @"matches\('((?:[^'\\]|\\.)*)'\)"))
                .Select(match => match.Groups[1].Value)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Each_pattern_of_our_definitions_is_matched_without_going_back(string pattern)
    {
        // Such an expression reads each letter once (.NET, "Backtracking in regular expressions"); one that cannot be made so
        // is refused here.
        FluentActions
            .Invoking(() => new Regex(Unescaped(pattern), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking))
            .Should()
            .NotThrow();

        var rule = P(
            (
                "item",
                $"'max':'1','type':[{{'code':'string'}}],'constraint':[{{'key':'x-1','severity':'error','human':'x','expression':'matches(\\u0027{System.Text.Json.JsonEncodedText.Encode(pattern)}\\u0027) or true'}}]"
            )
        );
        var set = new Synthetic(rule);
        foreach (var letter in (string[])["a", "0", "/", "a/", " ", "%"])
        {
            var json = Quoted(
                $"{{'resourceType':'Basic','item':'x{string.Concat(Enumerable.Repeat(letter, 100_000))}!'}}"
            );
            set.ValidateText(json).Issues.Should().BeEmpty();
        }
    }

    /// <summary>The text that a literal of FHIRPath stands for.</summary>
    private static string Unescaped(string literal) => Regex.Replace(literal, @"\\([\\'`""/])", "$1");

    private static byte[] Text(string json) => Encoding.UTF8.GetBytes(Quoted(json));

    /// <summary>The least of some turns.</summary>
    private static WorkDone Work(byte[] text, string profile, int turns = 3) =>
        Enumerable
            .Range(0, turns)
            .Select(_ => WorkDone.By(() => Set.Validate(FhirSource.Read(text), profile)))
            .Aggregate((one, other) => one.Least(other));
}
