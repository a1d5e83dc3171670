using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>Differences between two versions of what a client calls or names: operations, search parameters, naming systems.</summary>
internal static class InterfaceComparison
{
    public static IEnumerable<Change> OfOperation(JsonElement before, JsonElement after)
    {
        foreach (var level in new[] { "system", "type", "instance" })
            if (before.IsTrue(level) && !after.IsTrue(level))
                yield return new Change("", level, "is no longer a level of the operation", true);
        if (before.Text("code") != after.Text("code"))
            yield return new Change("", "code", $"was {before.Text("code")}, is {after.Text("code")}", true);
        foreach (var type in before.Texts("resource").Except(after.Texts("resource")))
            yield return new Change("", type, "is no longer a type that the operation is for", true);
        var (old, now) = (Parameters(before), Parameters(after));
        foreach (var (name, parameter) in old)
            if (!now.TryGetValue(name, out var other))
                yield return new Change("", name, "is no longer a parameter", true);
            else if (parameter.Text("type") != other.Text("type"))
                yield return new Change("", name, $"was {parameter.Text("type")}, is {other.Text("type")}", true);
            else if (other.Number("min") > parameter.Number("min"))
                yield return new Change(
                    "",
                    name,
                    $"at least {other.Number("min")} instead of {parameter.Number("min")}",
                    true
                );
            else if (ElementComparison.IsLess(other.Text("max"), parameter.Text("max")))
                yield return new Change(
                    "",
                    name,
                    $"at most {other.Text("max")} instead of {parameter.Text("max")}",
                    true
                );
        foreach (var (name, parameter) in now.Where(pair => !old.ContainsKey(pair.Key)))
            yield return new Change(
                "",
                name,
                "is a new parameter",
                parameter.Text("use") == "in" && parameter.Number("min") > 0
            );
    }

    public static IEnumerable<Change> OfSearchParameter(JsonElement before, JsonElement after)
    {
        foreach (var name in new[] { "code", "type", "expression" })
            if (before.Text(name) != after.Text(name))
                yield return new Change("", name, $"was {before.Text(name)}, is {after.Text(name)}", true);
        foreach (var type in before.Texts("base").Except(after.Texts("base")))
            yield return new Change("", type, "is no longer searched by it", true);
    }

    public static IEnumerable<Change> OfNamingSystem(JsonElement before, JsonElement after) =>
        Ids(before).Except(Ids(after)).Select(id => new Change("", id, "no longer names it", true));

    private static IEnumerable<string> Ids(JsonElement system) =>
        system.Items("uniqueId").Select(id => $"{id.Text("type")} {id.Text("value")}");

    private static Dictionary<string, JsonElement> Parameters(JsonElement operation) =>
        operation.Items("parameter").ToDictionary(parameter => $"{parameter.Text("use")} {parameter.Text("name")}");
}
