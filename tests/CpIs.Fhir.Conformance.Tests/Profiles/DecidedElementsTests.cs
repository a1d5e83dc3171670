using System.Text.Json;

namespace CpIs.Fhir.Conformance.Tests.Profiles;

/// <summary>Data minimisation, made checkable: no element of a profile is left to chance.</summary>
public sealed class DecidedElementsTests
{
    /// <summary>A profile of the R5 Backport, which only has to be here: what we take of it CPIS-NotificationStatus says.</summary>
    private const string StandInForAProfile = "backport-subscription-status-r4";

    public static TheoryData<string> Definitions =>
        [
            .. Checkout
                .Built("StructureDefinition")
                .Select(definition => definition.GetProperty("id").GetString()!)
                .Where(id => id != StandInForAProfile),
        ];

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Each_element_is_required_optional_or_prohibited_and_says_why(string id)
    {
        var elements = Checkout
            .Built("StructureDefinition")
            .Single(definition => definition.GetProperty("id").GetString() == id)
            .GetProperty("snapshot")
            .GetProperty("element")
            .EnumerateArray()
            .ToDictionary(element => element.GetProperty("id").GetString()!);

        var undecided = elements
            .Where(pair => pair.Key.Contains('.', StringComparison.Ordinal))
            .Where(pair => !IsBelowProhibited(pair.Key, elements) && !IsPrimitiveValue(pair.Key, pair.Value))
            .Where(pair => !IsDecided(pair.Key, pair.Value, elements))
            .Select(pair => $"{pair.Key} should say '{Word(pair.Value)}: ...'");

        undecided.Should().BeEmpty("a profile names what it takes and why (RuleSets Required, Optional, Prohibited)");
    }

    [Fact]
    public void There_is_a_profile_for_each_thing_on_the_wire() =>
        Definitions
            .Select(row => row.Data)
            .Where(id => id.StartsWith("CPIS-", StringComparison.Ordinal))
            .Should()
            .HaveCount(18);

    private static bool IsDecided(string id, JsonElement element, Dictionary<string, JsonElement> elements)
    {
        var comment = element.TryGetProperty("comment", out var value) ? value.GetString()! : "";
        var begin = Word(element) + ": ";
        if (comment.StartsWith(begin, StringComparison.Ordinal) && comment.Length > begin.Length + 10)
            return comment.TrimEnd().EndsWith('.');
        // SUSHI itself prohibits extensions next to a value, and takes no comment there: that on the value says it.
        const string Inside = ".extension";
        return id.EndsWith(Inside, StringComparison.Ordinal)
            && Max(element) == "0"
            && elements.TryGetValue(id[..^Inside.Length] + ".value[x]", out var beside)
            && beside.GetProperty("comment").GetString()!.Contains("next to a value", StringComparison.Ordinal);
    }

    private static string Word(JsonElement element) =>
        Max(element) == "0" ? "Prohibited"
        : element.GetProperty("min").GetInt32() > 0 ? "Required"
        : "Optional";

    private static string Max(JsonElement element) => element.GetProperty("max").GetString()!;

    private static bool IsBelowProhibited(string id, Dictionary<string, JsonElement> elements)
    {
        for (var dot = id.LastIndexOf('.'); dot > 0; dot = id.LastIndexOf('.', dot - 1))
            if (elements.TryGetValue(id[..dot], out var above) && Max(above) == "0")
                return true;
        return false;
    }

    /// <summary>What a primitive holds: it is not an element that a sender could leave out or add.</summary>
    private static bool IsPrimitiveValue(string id, JsonElement element) =>
        id.EndsWith(".value", StringComparison.Ordinal)
        && element.TryGetProperty("type", out var types)
        && types[0].GetProperty("code").GetString()!.StartsWith("http://hl7.org/fhirpath/", StringComparison.Ordinal);
}
