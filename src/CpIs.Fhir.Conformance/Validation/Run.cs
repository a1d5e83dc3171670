using CpIs.Fhir.Conformance.FhirPath;
using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>What the walks over one resource share.</summary>
internal sealed class Run(SchemaSet schemas, ITerminology terminology, ValidatorOptions options, FhirSource source)
    : IPathQuestions
{
    public SchemaSet Schemas => schemas;

    public ITerminology Terminology => terminology;

    public ValidatorOptions Options => options;

    public FhirSource Source => source;

    /// <summary>Asks what is not to be told.</summary>
    public Questions Questions => field ??= new Questions(this);

    /// <summary>Resolves references within the source.</summary>
    public Targets Targets => field ??= new Targets(source.Root!);

    /// <summary>Evaluates invariants.</summary>
    public Evaluation Evaluation => field ??= new Evaluation(source, Targets);

    /// <summary>What expressions are evaluated with.</summary>
    public PathFrame Frame => field ??= new PathFrame(this);

    /// <summary>The definitions that resources were held to aloud: what is wrong with them is told there.</summary>
    public HashSet<(FhirNode Resource, StructureSchema Schema)> Applied { get; } = [];

    /// <summary>Codings whose code a value set has refused.</summary>
    public Dictionary<FhirNode, ValidationSeverity> RefusedCodes { get; } = [];

    /// <summary>Where each id of an element was first seen in its resource.</summary>
    public Dictionary<(FhirNode Resource, string Id), FhirNode> ElementIds { get; } = [];

    /// <summary>Questions that wait until all resources have been walked.</summary>
    public List<Action> Afterwards { get; } = [];

    public List<string> AppliedToRoot { get; } = [];

    bool? IPathQuestions.Meets(FhirNode node, string profile) =>
        schemas.Find(profile) is { } schema ? Questions.Meets(node, schema) : null;

    bool? IPathQuestions.IsInSlice(FhirNode node, string profile, string slice) =>
        schemas.Find(profile) is { } schema ? Questions.IsInSlice(node, schema, slice) : null;
}
