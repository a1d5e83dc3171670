using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>Compiles a discriminator for one slice: follows its path through the slice's own rules to what must be found there.</summary>
internal static class SliceTestCompiler
{
    /// <summary>
    /// The tests of a slice. Of several discriminators those of which the slice says nothing tell nothing, so they are left out: another one
    /// decides (R4, profiling.html#discriminator: "the composite of the discriminators").
    /// </summary>
    public static SliceTest[] Compile(
        IReadOnlyList<DiscriminatorModel> discriminators,
        ElementSchema slice,
        SchemaSet set
    )
    {
        SliceTest[] tests = [.. discriminators.Select(discriminator => Compile(discriminator, slice, set))];
        return tests.Length > 1 && Array.FindAll(tests, SaysSomething) is { Length: > 0 } telling ? telling : tests;
    }

    private static bool SaysSomething(SliceTest test) =>
        test.Kind != SliceTestKind.Value
        || test.Url is not null
        || test.Wanted is not null
        || Array.Exists(
            test.Targets,
            target => target.Min > 0 || Decides(target) || target.Model.Binding is { Strength: "required" }
        );

    private static SliceTest Compile(DiscriminatorModel discriminator, ElementSchema slice, SchemaSet set)
    {
        var path = DiscriminatorPath.Parse(discriminator.Path);
        if (path is null)
            return new SliceTest(SliceTestKind.Unknown, [], [], []);
        var targets = Follow(slice, path, set);
        return discriminator.Type switch
        {
            "value" or "pattern" => OfValue(slice, path, targets),
            "exists" => new SliceTest(
                targets is [{ IsProhibited: true }, ..] ? SliceTestKind.Absent : SliceTestKind.Exists,
                path,
                targets,
                []
            ),
            "type" => new SliceTest(
                SliceTestKind.Type,
                path,
                targets,
                [.. TypesAt(slice, path, targets, set).Distinct()]
            ),
            "profile" => new SliceTest(SliceTestKind.Profile, path, targets, []),
            _ => new SliceTest(SliceTestKind.Unknown, path, [], []),
        };
    }

    private static SliceTest OfValue(ElementSchema slice, PathStep[] path, ElementSchema[] targets)
    {
        // An extension is known by its URL even when its definition is not available.
        if (path is [{ Kind: StepKind.Child, Text: "url" }] && slice.Types is [{ Code: "Extension" } type])
        {
            var url =
                slice.Inline?.Find("url")?.Model.Fixed?.Value
                ?? (type.Model.Profiles is [var profile] ? Canonicals.WithoutVersion(profile) : null);
            if (url is not null)
                return new SliceTest(SliceTestKind.Value, path, targets, [], Url: url);
        }

        var wanted = Array.Exists(targets, Decides) ? null : Above(slice, path);
        return new SliceTest(SliceTestKind.Value, path, targets, [], wanted);
    }

    /// <summary>Whether an element says what its value is: itself, in an element inside it, or in a slice that must be there.</summary>
    public static bool Decides(ElementSchema element) => DecidesItself(element) || Required(element).Any();

    /// <summary>The slices of an element that must be there and say what they are.</summary>
    public static IEnumerable<ElementSchema> Required(ElementSchema element) =>
        element.Slices?.Slices.Where(slice => slice.Element.Min > 0).Select(slice => slice.Element).Where(Decides)
        ?? [];

    /// <summary>What a fixed value or pattern of an element on the way demands at the end of the path; null where there is none.</summary>
    private static FhirNode[]? Above(ElementSchema start, PathStep[] path)
    {
        var at = start;
        for (var step = 0; at is not null && step <= path.Length; step++)
        {
            if ((at.Model.Fixed ?? at.Model.Pattern) is { } value)
            {
                IEnumerable<FhirNode> nodes = [value];
                foreach (var name in path[step..])
                    nodes = name.Kind == StepKind.Child ? nodes.SelectMany(node => node.ChildrenNamed(name.Text)) : [];
                FhirNode[] wanted = [.. nodes];
                if (wanted.Length > 0)
                    return wanted;
            }

            at = step < path.Length && path[step].Kind == StepKind.Child ? at.Inline?.Find(path[step].Text) : null;
        }

        return null;
    }

    /// <summary>The slice's elements at the path. Where the slice states no children, those of its profile or type are followed.</summary>
    private static ElementSchema[] Follow(ElementSchema start, PathStep[] path, SchemaSet set)
    {
        IEnumerable<ElementSchema> at = [start];
        foreach (var step in path)
            at = at.SelectMany(element => Step(element, step, set)).ToArray();
        return [.. at];
    }

    private static IEnumerable<ElementSchema> Step(ElementSchema element, PathStep step, SchemaSet set)
    {
        switch (step.Kind)
        {
            case StepKind.Resolve:
                return TargetsOf(element, set);
            case StepKind.OfType:
                return
                    element.Slices?.Slices.Where(slice => slice.Element.Types is [var only] && only.Code == step.Text)
                        is { } typed
                    && typed.Any()
                    ? typed.Select(slice => slice.Element)
                    : [element];
        }

        var found =
            step.Kind == StepKind.Child ? ChildOf(element, step.Text, set) : ExtensionOf(element, step.Text, set);
        // An element that says nothing itself is what the slices say that it must have.
        return found is null ? []
            : Required(found).Any() && !DecidesItself(found) ? Required(found)
            : [found];
    }

    /// <summary>Whether an element says so itself, or in an element inside it.</summary>
    public static bool DecidesItself(ElementSchema element) =>
        element.Model.Fixed is not null
        || element.Model.Pattern is not null
        || element.Inline is { } inline && Array.Exists(inline.Elements, Decides);

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

    private static IEnumerable<ElementSchema> TargetsOf(ElementSchema element, SchemaSet set) =>
        element
            .Types.SelectMany(type => type.Model.TargetProfiles)
            .Select(set.Find)
            .OfType<StructureSchema>()
            .Select(target => target.Root);

    /// <summary>A reference names the types of its targets, also of those whose definitions are not available.</summary>
    private static IEnumerable<string> TypesAt(
        ElementSchema slice,
        PathStep[] path,
        ElementSchema[] targets,
        SchemaSet set
    ) =>
        path is [.., { Kind: StepKind.Resolve }]
            ? Follow(slice, path[..^1], set)
                .SelectMany(element => element.Types)
                .SelectMany(type => type.Model.TargetProfiles)
                .Select(target => set.Find(target)?.Type ?? target[(target.LastIndexOf('/') + 1)..])
            : targets.SelectMany(target => TypesOf(target, set));

    /// <summary>The types of an element; of a resource of any type, those that its profiles are for.</summary>
    private static IEnumerable<string> TypesOf(ElementSchema target, SchemaSet set) =>
        target.Types.Length == 0
            ? [target.Structure.Type]
            : target.Types.SelectMany(type =>
                ResourceTypes.IsAbstract(type.Code) && type.Model.Profiles.Count > 0
                    ? type.Model.Profiles.Select(profile => set.Find(profile)?.Type ?? type.Code)
                    : [type.Code]
            );
}
