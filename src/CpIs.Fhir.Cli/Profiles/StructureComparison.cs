using System.Text.Json;
using CpIs.Fhir.Conformance.Artefacts;
using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Cli.Profiles;

/// <summary>Differences between two versions of a StructureDefinition, element by element of the snapshots.</summary>
internal static class StructureComparison
{
    public static IEnumerable<Change> Compare(JsonElement before, JsonElement after)
    {
        foreach (var name in new[] { "type", "baseDefinition", "kind" })
            if (before.Text(name) != after.Text(name))
                yield return new Change("", name, $"was {before.Text(name)}, is {after.Text(name)}", true);
        foreach (var context in Contexts(before).Except(Contexts(after)))
            yield return new Change("", context, "is no longer a place for the extension", true);
        foreach (var context in Contexts(after).Except(Contexts(before)))
            yield return new Change("", context, "is a new place for the extension", false);
        if (!before.TryGetProperty("snapshot", out _) || !after.TryGetProperty("snapshot", out _))
        {
            yield return new Change("", "snapshot", "is missing, so that elements cannot be compared", true);
            yield break;
        }

        var (old, now) = (Elements(before), Elements(after));
        foreach (
            var change in now.Keys.Where(id => !IsBelowProhibited(id, now)).SelectMany(id => Compare(id, old, now))
        )
            yield return change;
        foreach (
            var id in old.Keys.Where(id =>
                !now.ContainsKey(id) && !IsBelowProhibited(id, now) && !IsBelowProhibited(id, old)
            )
        )
        foreach (var change in Gone(id, old, now))
            yield return change;
    }

    private static IEnumerable<Change> Compare(
        string id,
        Dictionary<string, JsonElement> old,
        Dictionary<string, JsonElement> now
    )
    {
        // What was prohibited whole has no older instances that its parts could break.
        if (IsBelowProhibited(id, old))
            return [];
        if (old.TryGetValue(id, out var before))
            return ElementComparison.Compare(id, before, now[id]);
        return Nearest(id, old) is { } unsliced ? NewSlice(id, unsliced, old, now) : NewDetail(id, now[id]);
    }

    /// <summary>An element of a slice that is new: it asks more than the element did before it was sliced, or not.</summary>
    private static IEnumerable<Change> NewSlice(
        string id,
        string unsliced,
        Dictionary<string, JsonElement> old,
        Dictionary<string, JsonElement> now
    )
    {
        var slice = Slices(id).First(part => !old.ContainsKey(part));
        var parent = WithoutLastSlice(slice);
        var wasClosed =
            old.TryGetValue(parent, out var sliced)
            && sliced.TryGetProperty("slicing", out var slicing)
            && slicing.Text("rules") == "closed";
        if (id == slice)
        {
            if (now[id].Number("min") > 0)
                return [new Change("", id, "is a new slice, and required", true)];
            if (wasClosed)
                return [new Change("", id, "is a new slice where others were refused", false)];
        }

        // Where slicing was closed nothing of older instances falls into a new slice.
        if (wasClosed)
            return [];
        var changes = ElementComparison
            .Compare(id, old[unsliced], now[id])
            .Where(change => change.Breaks && !TellsApart(id, parent, slice, now));
        return id == slice
            ? changes
                .Where(change => !change.What.StartsWith("at least", StringComparison.Ordinal))
                .Prepend(new Change("", id, "is a new slice", false))
            : changes;
    }

    /// <summary>A value by which a slice is known asks nothing of what is not in the slice.</summary>
    private static bool TellsApart(string id, string parent, string slice, Dictionary<string, JsonElement> now) =>
        now[parent].TryGetProperty("slicing", out var slicing)
        && slicing
            .Items("discriminator")
            .Any(part => part.Text("path") is { } path && (path == "$this" ? id == slice : id == $"{slice}.{path}"));

    /// <summary>A part of a datatype of which nothing was said before: <c>base</c> says what the datatype itself asks.</summary>
    private static List<Change> NewDetail(string id, JsonElement element)
    {
        if (!element.TryGetProperty("base", out var itself))
            return [new Change("", id, "is new", true)];
        var changes = new List<Change>();
        if (element.Text("max") == "0" && itself.Text("max") != "0")
            changes.Add(new Change("", id, "is prohibited now", true));
        else if (ElementComparison.IsLess(element.Text("max"), itself.Text("max")))
            changes.Add(new Change("", id, $"at most {element.Text("max")} instead of {itself.Text("max")}", true));
        if (element.Number("min") > itself.Number("min"))
            changes.Add(new Change("", id, "is required now", true));
        foreach (var property in element.EnumerateObject())
            if (IsValue(property.Name, "fixed") || IsValue(property.Name, "pattern"))
                changes.Add(new Change("", id, $"{property.Name} is {property.Value.GetRawText()}", true));
        changes.AddRange(
            element
                .Items("constraint")
                .Where(rule => rule.Text("severity") == "error" && IsOwn(rule))
                .Select(rule => new Change("", id, $"rule {rule.Text("key")} is new", true))
        );
        return changes;
    }

    private static bool IsValue(string name, string prefix) =>
        name.Length > prefix.Length
        && name.StartsWith(prefix, StringComparison.Ordinal)
        && char.IsUpper(name[prefix.Length]);

    // The rules of the datatypes themselves come with the element.
    private static bool IsOwn(JsonElement rule) =>
        rule.Text("source")?.StartsWith(Canonicals.R4, StringComparison.Ordinal) != true;

    private static IEnumerable<Change> Gone(
        string id,
        Dictionary<string, JsonElement> old,
        Dictionary<string, JsonElement> now
    )
    {
        var slice = Slices(id).FirstOrDefault(part => !now.ContainsKey(part));
        if (slice is null)
            // Only an element of which nothing is said any more: the datatype's own rules hold.
            return id.Split('.').Length > 1 && now.ContainsKey(id[..id.LastIndexOf('.')])
                ? [new Change("", id, "has no rules of its own any more", false)]
                : [];
        if (slice != id)
            return [];
        var isClosed =
            now.TryGetValue(WithoutLastSlice(slice), out var sliced)
            && sliced.TryGetProperty("slicing", out var slicing)
            && slicing.Text("rules") == "closed";
        return [new Change("", id, "is no longer a slice", isClosed && old[id].Text("max") != "0")];
    }

    /// <summary>The older element that an element of a new slice is compared with: the same without slice names that were not there.</summary>
    private static string? Nearest(string id, Dictionary<string, JsonElement> old)
    {
        while (Slices(id).FirstOrDefault(part => !old.ContainsKey(part)) is { } missing)
        {
            id = WithoutLastSlice(missing) + id[missing.Length..];
            if (old.ContainsKey(id))
                return id;
        }

        return null;
    }

    /// <summary>The ids on the way to an element that end in a slice name: <c>A.b:c</c> of <c>A.b:c.d</c>.</summary>
    private static IEnumerable<string> Slices(string id)
    {
        var parts = id.Split('.');
        for (var length = 1; length <= parts.Length; length++)
            if (parts[length - 1].Contains(':', StringComparison.Ordinal))
                yield return string.Join('.', parts[..length]);
    }

    private static string WithoutLastSlice(string slice) => slice[..slice.LastIndexOf(':')];

    private static bool IsBelowProhibited(string id, Dictionary<string, JsonElement> elements)
    {
        for (var dot = id.LastIndexOf('.'); dot > 0; dot = id.LastIndexOf('.', dot - 1))
            if (elements.TryGetValue(id[..dot], out var above) && above.Text("max") == "0")
                return true;
        return false;
    }

    private static Dictionary<string, JsonElement> Elements(JsonElement structure) =>
        structure.GetProperty("snapshot").Items("element").ToDictionary(element => element.Text("id")!);

    private static IEnumerable<string> Contexts(JsonElement structure) =>
        structure.Items("context").Select(context => $"{context.Text("type")} {context.Text("expression")}");
}
