using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Profiles;

namespace CpIs.Fhir.Cli.Tests.Profiles;

/// <summary>Which changes break: made up, one at a time, on the definitions that are there.</summary>
public sealed class ComparisonTests
{
    private const string Base = "https://fhir.cpis.example/";

    [Theory]
    [InlineData("an element required")]
    [InlineData("an element prohibited")]
    [InlineData("a maximum lowered")]
    [InlineData("a type gone")]
    [InlineData("a target narrowed")]
    [InlineData("a fixed value")]
    [InlineData("another fixed value")]
    [InlineData("a pattern")]
    [InlineData("a maximum length")]
    [InlineData("a new rule")]
    [InlineData("a rule changed")]
    [InlineData("a warning that became an error")]
    [InlineData("a binding made required")]
    [InlineData("another value set")]
    [InlineData("a slicing closed")]
    [InlineData("a slice required")]
    [InlineData("a slice gone from a closed slicing")]
    [InlineData("slices told apart otherwise")]
    [InlineData("a part of a datatype prohibited")]
    [InlineData("a place of an extension gone")]
    [InlineData("a code gone from a value set")]
    [InlineData("a code gone from a code system")]
    [InlineData("a parameter required")]
    [InlineData("a search parameter with another meaning")]
    [InlineData("a definition gone")]
    public void It_breaks(string change) => Compare(change).Should().ContainSingle().Which.Breaks.Should().BeTrue();

    [Theory]
    [InlineData("an element optional")]
    [InlineData("an element allowed")]
    [InlineData("a maximum raised")]
    [InlineData("a target widened")]
    [InlineData("a fixed value gone")]
    [InlineData("a new warning")]
    [InlineData("a rule gone")]
    [InlineData("a slicing opened")]
    [InlineData("an optional slice in a closed slicing")]
    [InlineData("a new place of an extension")]
    [InlineData("a new code of a value set")]
    [InlineData("a whole system instead of its codes")]
    [InlineData("a new code of a code system")]
    [InlineData("an optional parameter")]
    [InlineData("a new definition")]
    [InlineData("other words")]
    public void It_does_not_break(string change) =>
        Compare(change).Should().ContainSingle().Which.Breaks.Should().BeFalse();

    [Fact]
    public void A_new_version_and_date_alone_are_no_change()
    {
        var (before, after) = (Definitions(), Definitions());
        foreach (var definition in after.Values)
            (definition["version"], definition["date"]) = ("9.0.0", "2030-01-01");

        PackageComparison.Compare(Content(before), Content(after)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("0.1.0", "0.2.0", true)]
    [InlineData("0.1.0", "0.1.1", false)]
    [InlineData("0.1.0", "1.0.0", true)]
    [InlineData("1.2.3", "1.3.0", false)]
    [InlineData("1.2.3", "2.0.0", true)]
    [InlineData("2.0.0", "1.9.0", false)]
    public void Before_1_0_the_minor_version_says_that_something_breaks_and_then_the_major(
        string before,
        string after,
        bool may
    )
    {
        PackageVersion.TryParse(before, out var old).Should().BeTrue();
        PackageVersion.TryParse(after, out var now).Should().BeTrue();

        now!.MayBreak(old!).Should().Be(may);
    }

    /// <summary>An element of the snapshot by its id.</summary>
    internal static JsonObject Element(JsonObject structure, string id) =>
        Elements(structure).Single(element => element!["id"]!.GetValue<string>() == id)!.AsObject();

    private static JsonArray Elements(JsonObject structure) => structure["snapshot"]!["element"]!.AsArray();

    private static IReadOnlyList<Change> Compare(string change)
    {
        var (before, after) = (Definitions(), Definitions());
        Apply(change, before, after);
        return PackageComparison.Compare(Content(before), Content(after));
    }

    // One place each; what a change takes away may have to be put into the older version first.
    private static void Apply(
        string change,
        Dictionary<string, JsonObject> before,
        Dictionary<string, JsonObject> after
    )
    {
        JsonObject Flag(string id) => Element(after["CPIS-Flag"], id);
        JsonObject OldFlag(string id) => Element(before["CPIS-Flag"], id);
        JsonArray Rules(JsonObject element) => element["constraint"]!.AsArray();
        switch (change)
        {
            case "an element required":
                Flag("Flag.period.end")["min"] = 1;
                break;
            case "an element optional":
                Flag("Flag.author")["min"] = 0;
                break;
            case "an element prohibited":
                Flag("Flag.period.end")["max"] = "0";
                break;
            case "an element allowed":
                Flag("Flag.encounter")["max"] = "1";
                break;
            case "a maximum lowered":
                Flag("Flag.meta.profile")["max"] = "1";
                break;
            case "a maximum raised":
                Flag("Flag.category")["max"] = "*";
                break;
            case "a type gone":
                OldFlag("Flag.period")["type"]!.AsArray().Add(new JsonObject { ["code"] = "Timing" });
                break;
            case "a target narrowed":
                Flag("Flag.subject")["type"]![0]!["targetProfile"] = new JsonArray(
                    Base + "StructureDefinition/CPIS-Patient"
                );
                break;
            case "a target widened":
                Flag("Flag.subject")["type"]![0]!.AsObject().Remove("targetProfile");
                break;
            case "a fixed value":
                Flag("Flag.author.identifier.value")["fixedString"] = "XHF01";
                break;
            case "another fixed value":
                Flag("Flag.author.identifier.system")["fixedUri"] = "https://other.example";
                break;
            case "a fixed value gone":
                Flag("Flag.author.identifier.system").Remove("fixedUri");
                break;
            case "a pattern":
                Flag("Flag.code")["patternCodeableConcept"] = new JsonObject();
                break;
            case "a maximum length":
                Flag("Flag.identifier.value")["maxLength"] = 20;
                break;
            case "a new rule":
                Rules(Flag("Flag")).Add(Rule("x-1", "error"));
                break;
            case "a new warning":
                Rules(Flag("Flag")).Add(Rule("x-1", "warning"));
                break;
            case "a warning that became an error":
                Rules(OldFlag("Flag")).Add(Rule("x-1", "warning"));
                Rules(Flag("Flag")).Add(Rule("x-1", "error"));
                break;
            case "a rule changed":
                Rules(OldFlag("Flag")).Add(Rule("x-1", "error"));
                Rules(Flag("Flag")).Add(Rule("x-1", "error", "false"));
                break;
            case "a rule gone":
                Rules(OldFlag("Flag")).Add(Rule("x-1", "error"));
                break;
            case "a binding made required":
                OldFlag("Flag.code")["binding"]!["strength"] = "preferred";
                break;
            case "another value set":
                Flag("Flag.code")["binding"]!["valueSet"] = Base + "ValueSet/access-mode";
                break;
            case "a slicing closed":
                Element(after["CPIS-Patient"], "Patient.identifier")["slicing"]!["rules"] = "closed";
                break;
            case "a slicing opened":
                Element(after["CPIS-Authority"], "Organization.telecom")["slicing"]!["rules"] = "open";
                break;
            case "slices told apart otherwise":
                Element(after["CPIS-Authority"], "Organization.telecom")["slicing"]!["discriminator"]![0]!["path"] =
                    "rank";
                break;
            case "a slice required":
                Element(after["CPIS-Authority"], "Organization.telecom:officeHours")["min"] = 1;
                break;
            case "a slice gone from a closed slicing":
                Elements(after["CPIS-AuditEvent"])
                    .RemoveAll(e =>
                        e!["id"]!.GetValue<string>().StartsWith("AuditEvent.entity:query", StringComparison.Ordinal)
                    );
                break;
            case "an optional slice in a closed slicing":
                Elements(before["CPIS-AuditEvent"])
                    .RemoveAll(e =>
                        e!["id"]!.GetValue<string>().StartsWith("AuditEvent.entity:query", StringComparison.Ordinal)
                    );
                Elements(after["CPIS-AuditEvent"])
                    .RemoveAll(e =>
                        e!["id"]!.GetValue<string>().StartsWith("AuditEvent.entity:query.", StringComparison.Ordinal)
                    );
                break;
            case "a part of a datatype prohibited":
                Elements(before["CPIS-Flag"]).RemoveAll(e => e!["id"]!.GetValue<string>() == "Flag.category.text");
                break;
            case "a place of an extension gone":
                before["mode-right"]["context"]!.AsArray().Add(Context());
                break;
            case "a new place of an extension":
                after["mode-right"]["context"]!.AsArray().Add(Context());
                break;
            case "a code gone from a value set":
                after["ValueSet plan-type"]["compose"]!["include"]![0]!["concept"]!.AsArray().RemoveAt(0);
                break;
            case "a new code of a value set":
                before["ValueSet plan-type"]["compose"]!["include"]![0]!["concept"]!.AsArray().RemoveAt(0);
                break;
            case "a whole system instead of its codes":
                after["ValueSet plan-type"]["compose"]!["include"]![0]!.AsObject().Remove("concept");
                break;
            case "a code gone from a code system":
                after["CodeSystem access-mode"]["concept"]!.AsArray().RemoveAt(0);
                break;
            case "a new code of a code system":
                before["CodeSystem access-mode"]["concept"]!.AsArray().RemoveAt(0);
                break;
            case "a parameter required":
                after["validate"]["parameter"]![2]!["min"] = 1;
                break;
            case "an optional parameter":
                before["validate"]["parameter"]!.AsArray().RemoveAt(2);
                break;
            case "a search parameter with another meaning":
                after["Flag-code"]["expression"] = "Flag.category";
                break;
            case "a definition gone":
                after.Remove("CPIS-Setting");
                break;
            case "a new definition":
                before.Remove("CPIS-Setting");
                break;
            case "other words":
                Flag("Flag.author")["comment"] = "Required: it says whose plan it is.";
                break;
            default:
                throw new ArgumentException(change);
        }
    }

    private static JsonObject Rule(string key, string severity, string expression = "true") =>
        new()
        {
            ["key"] = key,
            ["severity"] = severity,
            ["human"] = "Made up.",
            ["expression"] = expression,
        };

    private static JsonObject Context() => new() { ["type"] = "element", ["expression"] = "Practitioner" };

    /// <summary>By id, with the type before it where an id is there twice.</summary>
    private static Dictionary<string, JsonObject> Definitions() =>
        Directory
            .EnumerateFiles(Path.Combine(Checkout.Profiles, "built"))
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!.AsObject())
            .ToDictionary(definition =>
                definition["resourceType"]!.GetValue<string>() is "ValueSet" or "CodeSystem"
                    ? $"{definition["resourceType"]} {definition["id"]}"
                    : definition["id"]!.GetValue<string>()
            );

    private static PackageContent Content(Dictionary<string, JsonObject> definitions) =>
        PackageContent.Of(
            "1.0.0",
            definitions.Values.Select(definition => JsonSerializer.SerializeToElement(definition))
        );
}
