using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>One discriminator of one slice: what is looked at in an occurrence, and what must be found.</summary>
/// <param name="Kind">What is compared.</param>
/// <param name="Path">Where to look.</param>
/// <param name="Targets">The slice's elements at the path, of which one must be met: fixed value, pattern, binding or children decide; none when nothing is known there.</param>
/// <param name="Types">For <see cref="SliceTestKind.Type"/>: types of which it must be one.</param>
/// <param name="Wanted">What a fixed value or pattern above the path demands there; null where there is none.</param>
/// <param name="Url">For an extension told apart by its URL: the URL. The commonest test, made short.</param>
internal sealed record SliceTest(
    SliceTestKind Kind,
    PathStep[] Path,
    ElementSchema[] Targets,
    string[] Types,
    FhirNode[]? Wanted = null,
    string? Url = null
);

/// <summary>What a test compares.</summary>
internal enum SliceTestKind
{
    /// <summary>The value at the path is the slice's (discriminators <c>value</c> and <c>pattern</c>).</summary>
    Value,

    /// <summary>There is something at the path.</summary>
    Exists,

    /// <summary>There is nothing at the path.</summary>
    Absent,

    /// <summary>What is at the path has one of the types.</summary>
    Type,

    /// <summary>What is at the path meets the slice's profile.</summary>
    Profile,

    /// <summary>The discriminator is not understood: it cannot be decided which slice it is.</summary>
    Unknown,
}
