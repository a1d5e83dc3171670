using CpIs.Fhir.Conformance.Definitions;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>Compiles a discriminator for one slice: follows its path through the slice's own rules to what must be found there.</summary>
internal static class SliceTests
{
    public static SliceTest Compile(DiscriminatorModel discriminator, ElementSchema slice, SchemaSet set)
    {
        var path = DiscriminatorPath.Parse(discriminator.Path);
        if (path is null)
            return new SliceTest(SliceTestKind.Unknown, [], null, []);
        var target = Follow(slice, path, set);
        return discriminator.Type switch
        {
            "value" or "pattern" => OfValue(slice, path, target),
            "exists" => new SliceTest(
                target is { IsProhibited: true } ? SliceTestKind.Absent : SliceTestKind.Exists,
                path,
                target,
                []
            ),
            "type" => new SliceTest(SliceTestKind.Type, path, target, TypesOf(target, path)),
            "profile" => new SliceTest(SliceTestKind.Profile, path, target, []),
            _ => new SliceTest(SliceTestKind.Unknown, path, null, []),
        };
    }

    private static SliceTest OfValue(ElementSchema slice, PathStep[] path, ElementSchema? target)
    {
        // An extension is known by its URL even when its definition is not at hand.
        if (path is [{ Kind: StepKind.Child, Text: "url" }] && slice.Types is [{ Code: "Extension" } type])
        {
            var url =
                slice.Inline?.Find("url")?.Model.Fixed?.Value
                ?? (type.Model.Profiles is [var profile] ? WithoutVersion(profile) : null);
            if (url is not null)
                return new SliceTest(SliceTestKind.Value, path, target, [], url);
        }

        return new SliceTest(SliceTestKind.Value, path, target, []);
    }

    /// <summary>The slice's element at the path. Where the slice states no children, those of its profile or type are followed.</summary>
    private static ElementSchema? Follow(ElementSchema start, PathStep[] path, SchemaSet set)
    {
        var at = start;
        foreach (var step in path)
        {
            at = step.Kind switch
            {
                StepKind.Child => ChildOf(at, step.Text, set),
                StepKind.Extension => ExtensionOf(at, step.Text, set),
                StepKind.Resolve => TargetOf(at, set),
                _ => at,
            };
            if (at is null)
                return null;
        }

        return at;
    }

    private static ElementSchema? ChildOf(ElementSchema element, string name, SchemaSet set)
    {
        if (element.Inline?.Find(name) is { } inline)
            return inline;
        if (element.Shared?.Inline?.Find(name) is { } shared)
            return shared;
        if (element.Types is not [var type, ..])
            return null;
        var definition = type.Model.Profiles is [var profile, ..] ? set.Find(profile) : null;
        return (definition ?? type.Structure)?.Root.Inline?.Find(name);
    }

    private static ElementSchema? ExtensionOf(ElementSchema element, string url, SchemaSet set)
    {
        var slices = ChildOf(element, "extension", set)?.Slices?.Slices ?? [];
        return Array.Find(slices, slice => slice.Tests is [{ Url: { } own }] && own == url)?.Element
            ?? set.Find(url)?.Root;
    }

    private static ElementSchema? TargetOf(ElementSchema element, SchemaSet set) =>
        element.Types is [{ Model.TargetProfiles: [var target, ..] }, ..] ? set.Find(target)?.Root : null;

    private static string[] TypesOf(ElementSchema? target, PathStep[] path) =>
        target switch
        {
            null => [],
            { Types.Length: > 0 } => [.. target.Types.Select(type => type.Code)],
            _ when path is [.., { Kind: StepKind.Resolve }] => [target.Structure.Type],
            _ => [target.Structure.Type],
        };

    private static string WithoutVersion(string canonical) =>
        canonical.IndexOf('|', StringComparison.Ordinal) is >= 0 and var bar ? canonical[..bar] : canonical;
}
