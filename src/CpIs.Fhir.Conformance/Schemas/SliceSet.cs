namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>The slices of an element and how an occurrence finds its own.</summary>
internal sealed class SliceSet(SliceSchema[] slices, string rules, bool ordered)
{
    public SliceSchema[] Slices => slices;

    /// <summary>What belongs to no slice is an error.</summary>
    public bool IsClosed => rules == "closed" && Default is null;

    /// <summary>What belongs to no slice is after all that do.</summary>
    public bool IsOpenAtEnd => rules == "openAtEnd";

    /// <summary>A discriminator is not understood, so nothing can be told of which slice is which.</summary>
    public bool CannotBeTold { get; } =
        Array.Exists(slices, slice => Array.Exists(slice.Tests, test => test.Kind == SliceTestKind.Unknown));

    public bool IsOrdered => ordered;

    /// <summary>The slice <c>@default</c>, for what belongs to no other; null when there is none.</summary>
    public SliceSchema? Default { get; } = Array.Find(slices, slice => slice.IsDefault);
}

/// <summary>One slice.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Element">Its rules; re-slices are in there.</param>
/// <param name="Tests">All must hold of an occurrence; none means that it must meet all rules of the slice.</param>
/// <param name="CoversBase">True when its rules hold all that the unsliced element demands, so that one walk is enough.</param>
internal sealed record SliceSchema(string Name, ElementSchema Element, SliceTest[] Tests, bool CoversBase)
{
    public bool IsDefault => Name == "@default";
}
