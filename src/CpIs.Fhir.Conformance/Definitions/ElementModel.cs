using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Definitions;

/// <summary>One element of a snapshot (<c>ElementDefinition</c>), as far as validation needs it.</summary>
/// <param name="Id">Unique within the snapshot, such as <c>Patient.identifier:nhsNumber.system</c>.</param>
/// <param name="Path">Such as <c>Patient.identifier.system</c>; choice types end in <c>[x]</c>.</param>
public sealed record ElementModel(string Id, string Path)
{
    /// <summary>Name of the slice that this element begins, else null. Re-slices are written <c>slice/reslice</c>.</summary>
    public string? SliceName { get; init; }

    /// <summary>Least number of occurrences.</summary>
    public int Min { get; init; }

    /// <summary>Most occurrences; null for <c>*</c>.</summary>
    public int? Max { get; init; } = 1;

    /// <summary>True when the base type lets the element repeat (<c>base.max</c>): then JSON has an array, whatever the profile's maximum.</summary>
    public bool IsArray { get; init; }

    /// <summary>Types that are allowed; empty at the root of a resource or type and where <see cref="ContentReference"/> is given.</summary>
    public IReadOnlyList<TypeModel> Types { get; init; } = [];

    /// <summary>Id of the element whose children this one has too, without URL and <c>#</c>: <c>Parameters.parameter</c>.</summary>
    public string? ContentReference { get; init; }

    /// <summary>The one value that is allowed, all of it.</summary>
    public FhirNode? Fixed { get; init; }

    /// <summary>What the value must have at least.</summary>
    public FhirNode? Pattern { get; init; }

    /// <summary>Type of <see cref="Fixed"/> or <see cref="Pattern"/>, such as <c>CodeableConcept</c> or <c>uri</c>.</summary>
    public string? ValueType { get; init; }

    /// <summary>Smallest value allowed: a number, a date or time as text, or a Quantity.</summary>
    public FhirNode? MinValue { get; init; }

    /// <summary>Largest value allowed.</summary>
    public FhirNode? MaxValue { get; init; }

    /// <summary>Most characters.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Most bytes of an attachment.</summary>
    public decimal? MaxSize { get; init; }

    /// <summary>The form of a text, as a regular expression.</summary>
    public string? Regex { get; init; }

    /// <summary>The value set that codes come from.</summary>
    public BindingModel? Binding { get; init; }

    /// <summary>FHIRPath rules.</summary>
    public IReadOnlyList<ConstraintModel> Constraints { get; init; } = [];

    /// <summary>How occurrences are told apart, where this element is sliced.</summary>
    public SlicingModel? Slicing { get; init; }

    /// <summary>
    /// Why one of our profiles requires or prohibits the element, and what to do: <c>ElementDefinition.comment</c> after
    /// <c>Required:</c> or <c>Prohibited:</c>. Null in other definitions.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>True when the element changes what the elements next to it mean.</summary>
    public bool IsModifier { get; init; }

    /// <summary>True when sender and receiver must be able to handle the element.</summary>
    public bool MustSupport { get; init; }
}

/// <summary>A type that an element may have.</summary>
/// <param name="Code">Such as <c>Reference</c>, or <c>string</c> for the value of a primitive (<c>http://hl7.org/fhirpath/System.String</c>).</param>
/// <param name="Profiles">Canonicals, of which the value must meet one; empty for any value of the type.</param>
/// <param name="TargetProfiles">For Reference and canonical: canonicals, of which the target must meet one.</param>
/// <param name="Versioning">For Reference: <c>either</c>, <c>independent</c> or <c>specific</c>; null for either.</param>
/// <param name="Aggregation">For Reference: <c>contained</c>, <c>referenced</c>, <c>bundled</c>; empty for any.</param>
public sealed record TypeModel(
    string Code,
    IReadOnlyList<string> Profiles,
    IReadOnlyList<string> TargetProfiles,
    string? Versioning = null,
    IReadOnlyList<string>? Aggregation = null
);

/// <summary>A binding of coded content to a value set.</summary>
/// <param name="Strength"><c>required</c>, <c>extensible</c>, <c>preferred</c> or <c>example</c>.</param>
/// <param name="ValueSet">Canonical, perhaps with version; null when only described.</param>
/// <param name="MaxValueSet">From extension <c>elementdefinition-maxValueSet</c>: codes outside it are errors whatever the strength.</param>
public sealed record BindingModel(string Strength, string? ValueSet, string? MaxValueSet = null);

/// <summary>A FHIRPath rule.</summary>
/// <param name="Key">Stable id, such as <c>per-1</c>.</param>
/// <param name="IsWarning">True when a breach is a warning, false when it is an error.</param>
/// <param name="Human">The rule in words.</param>
/// <param name="Expression">FHIRPath that is true when the rule holds; null when only described.</param>
/// <param name="Source">Canonical of the definition that states it first, where known.</param>
/// <param name="IsBestPractice">True for rules that are only advice (extension <c>elementdefinition-bestpractice</c>).</param>
public sealed record ConstraintModel(
    string Key,
    bool IsWarning,
    string Human,
    string? Expression,
    string? Source,
    bool IsBestPractice = false
);

/// <summary>How the occurrences of an element are told apart.</summary>
/// <param name="Discriminators">All together decide; empty when slices are told apart by meeting their own rules.</param>
/// <param name="Rules"><c>closed</c>, <c>open</c> or <c>openAtEnd</c>.</param>
/// <param name="Ordered">True when slices must come in the order of their definition.</param>
public sealed record SlicingModel(IReadOnlyList<DiscriminatorModel> Discriminators, string Rules, bool Ordered);

/// <summary>What is looked at to tell slices apart.</summary>
/// <param name="Type"><c>value</c>, <c>pattern</c>, <c>exists</c>, <c>type</c> or <c>profile</c>.</param>
/// <param name="Path">A restricted FHIRPath: names, <c>$this</c>, <c>resolve()</c>, <c>extension('url')</c>, <c>ofType(T)</c>.</param>
public sealed record DiscriminatorModel(string Type, string Path);
