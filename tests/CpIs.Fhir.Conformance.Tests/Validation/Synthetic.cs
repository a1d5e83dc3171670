using System.Text;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Conformance.Tests.Validation;

/// <summary>
/// A validator over small definitions made for one test: snapshots with only the elements that the test is about. Their JSON is
/// written with single quotes, so that it can be read.
/// </summary>
internal sealed class Synthetic
{
    public const string Base = "https://example.org/StructureDefinition/";

    /// <summary>Rules of an element that holds any number of identifiers.</summary>
    public const string Identifiers = "'min':0,'max':'*','base':{'max':'*'},'type':[{'code':'Identifier'}]";

    private static readonly DefinitionLayer Core = CoreDefinitions.Load();
    private static readonly DefinitionLayer Ours = OwnDefinitions.Load();

    private readonly Validator _validator;

    public Synthetic(params string[] definitions)
    {
        Definitions = new DefinitionSet(
            Core,
            Ours,
            DefinitionLayer.Of([
                .. definitions.Append(BasicType).Select(json => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(json)),
            ])
        );
        _validator = new Validator(Definitions, new LocalTerminology(Definitions));
    }

    public DefinitionSet Definitions { get; }

    /// <summary>In place of R4's Basic: a resource with no elements of its own, to which a test adds those that it is about.</summary>
    private static string BasicType { get; } =
        Definition(
            "http://hl7.org/fhir/StructureDefinition/Basic",
            "Basic",
            "resource",
            "specialization",
            [("id", "'max':'1','type':[{'code':'id'}]"), ("meta", "'max':'1','type':[{'code':'Meta'}]")]
        );

    /// <summary>A profile of Basic under the name P, which is what <see cref="Verdict"/> validates against.</summary>
    public static string P(params (string Id, string Rules)[] elements) => Profile("P", "Basic", elements);

    public static string Profile(string name, string type, params (string Id, string Rules)[] elements) =>
        Definition(Base + name, type, char.IsLower(type[0]) ? "primitive-type" : "resource", "constraint", elements);

    /// <summary>A profile of a datatype.</summary>
    public static string TypeProfile(string name, string type, params (string Id, string Rules)[] elements) =>
        Definition(Base + name, type, "complex-type", "constraint", elements);

    /// <summary>An extension with a context.</summary>
    public static string Extension(string name, string context, params (string Id, string Rules)[] elements) =>
        Definition(
            Base + name,
            "Extension",
            "complex-type",
            "constraint",
            [
                ("extension", "'max':'*','type':[{'code':'Extension'}]"),
                ("url", $"'min':1,'max':'1','type':[{{'code':'uri'}}],'fixedUri':'{Base}{name}'"),
                .. elements,
            ],
            context
        );

    /// <summary>The errors of a resource, each as <c>rule@place</c>, in one line; empty when there is none.</summary>
    public string Verdict(string json, string profile = "P") => Told(Validate(json, profile), ValidationSeverity.Error);

    /// <summary>Errors, warnings and information.</summary>
    public string Everything(string json, string profile = "P") =>
        Told(Validate(json, profile), ValidationSeverity.Information);

    public ValidationResult Validate(string json, string profile = "P") => ValidateText(Quoted(json), profile);

    public ValidationResult ValidateText(string text, string profile = "P") =>
        Validate(FhirSource.Read(Encoding.UTF8.GetBytes(text)), profile);

    public ValidationResult Validate(FhirSource source, string profile) =>
        _validator.Validate(source, profile.Length == 0 ? [] : [Base + profile]);

    public static string Quoted(string json) => json.Replace('\'', '"');

    public static string Told(ValidationResult result, ValidationSeverity least) =>
        string.Join(
            "; ",
            result.Issues.Where(issue => issue.Severity >= least).Select(issue => $"{issue.Rule}@{issue.Expression}")
        );

    private static string Definition(
        string url,
        string type,
        string kind,
        string derivation,
        (string Id, string Rules)[] elements,
        string? context = null
    )
    {
        // An element that begins with its type is the root, for rules of its own.
        var root = Array.Find(elements, element => element.Id.Length == 0).Rules;
        var rows = elements
            .Where(element => element.Id.Length > 0)
            .Select(element => Element($"{type}.{element.Id}", element.Rules))
            .Prepend(Element(type, root ?? "'max':'*'"));
        return Quoted(
            $"{{'resourceType':'StructureDefinition','url':'{url}','name':'{url[(url.LastIndexOf('/') + 1)..]}','kind':'{kind}','abstract':false,"
                + $"'type':'{type}','derivation':'{derivation}',{(context is null ? "" : $"'context':{context},")}"
                + $"'snapshot':{{'element':[{string.Join(',', rows)}]}}}}"
        );
    }

    private static string Element(string id, string rules)
    {
        var path = string.Join('.', id.Split('.').Select(part => part.Split(':')[0]));
        var name = id[(id.LastIndexOf('.') + 1)..];
        var slice = name.Contains(':', StringComparison.Ordinal) ? $"'sliceName':'{name.Split(':')[1]}'," : "";
        return $"{{'id':'{id}','path':'{path}',{slice}{rules}}}";
    }
}
