namespace CpIs.Fhir.Conformance.Packages;

/// <summary>What a FHIR package says of itself (<c>package.json</c>).</summary>
/// <param name="Name">Two or more names with dots between, such as <c>hl7.fhir.r4.core</c>.</param>
/// <param name="Version">Semantic version, such as <c>4.0.1</c>.</param>
public sealed record PackageManifest(string Name, string Version)
{
    /// <summary>FHIR versions that it is made for, such as <c>4.0.1</c>; empty where it does not say.</summary>
    public IReadOnlyList<string> FhirVersions { get; init; } = [];

    /// <summary>Versions of the packages that it needs, by their names. A version may be <c>4.0.x</c> or <c>latest</c>.</summary>
    public IReadOnlyDictionary<string, string> Dependencies { get; init; } = new Dictionary<string, string>();

    /// <summary>What kind of package it is: <c>IG</c>, <c>fhir.core</c>, <c>Conformance</c> and the like.</summary>
    public string? Type { get; init; }

    /// <summary>URL that its canonicals begin with.</summary>
    public string? Canonical { get; init; }

    /// <summary>Where it is published.</summary>
    public string? Url { get; init; }

    /// <summary>Title for people.</summary>
    public string? Title { get; init; }

    /// <summary>What it is for, for people.</summary>
    public string? Description { get; init; }

    /// <summary>SPDX code of its licence.</summary>
    public string? License { get; init; }

    /// <summary>Who publishes it.</summary>
    public string? Author { get; init; }

    /// <summary>Where its resources are from, such as <c>urn:iso:std:iso:3166#GB</c>.</summary>
    public string? Jurisdiction { get; init; }

    /// <summary>When it was published, as <c>yyyyMMddHHmmss</c>.</summary>
    public string? Date { get; init; }

    /// <summary>Name and version as the package cache writes them: <c>hl7.fhir.r4.core#4.0.1</c>.</summary>
    public override string ToString() => $"{Name}#{Version}";
}
