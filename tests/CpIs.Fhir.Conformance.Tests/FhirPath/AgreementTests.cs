using System.Text;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.FhirPath;
using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Conformance.Terminology;
using CpIs.Fhir.Conformance.Tests.Generated;
using CpIs.Fhir.Conformance.Validation;
using CpIs.Fhir.Tests.Shared;
using Hl7.FhirPath;

namespace CpIs.Fhir.Conformance.Tests.FhirPath;

/// <summary>
/// The SDK's FHIRPath engine is the measure: wherever our own judges a rule, compiled or in code, both say the same, on every
/// element of every example and of every generated resource, good and bad.
/// </summary>
public sealed class AgreementTests(ITestOutputHelper output)
{
    private static readonly SchemaSet Schemas = new(TheValidator.Definitions);

    [Fact]
    [Trait(Proof.Long, "true")]
    public void Both_engines_judge_every_rule_on_every_element_alike()
    {
        var (agreed, unlike) = (0, new List<string>());
        var own = new HashSet<string>();
        foreach (var (name, json) in All())
        {
            var source = FhirSource.ReadJson(json);
            if (source.Root is null)
                continue;
            TheValidator.Instance.Validate(source); // tells each node its type and definition
            var run = new Run(
                Schemas,
                new LocalTerminology(TheValidator.Definitions),
                ValidatorOptions.Default,
                source
            );
            foreach (var node in Nodes(source.Root))
            foreach (var constraint in RulesOf(node))
                if (Judge(run, node, constraint) is { } differ)
                    if (differ.Length == 0)
                    {
                        agreed++;
                        own.Add(constraint.Key);
                    }
                    else
                        unlike.Add($"{name} {node.Path} {differ}");
        }

        output.WriteLine($"{agreed} judgements of {own.Count} rules agree");
        unlike.Should().BeEmpty();
        agreed.Should().BeGreaterThan(30_000);
    }

    [Fact]
    public void Every_rule_of_ours_is_judged_by_the_own_engine()
    {
        var rest = TheValidator
            .Definitions.StructureUrls.Where(url =>
                url.StartsWith("https://fhir.cpis.example/", StringComparison.Ordinal)
            )
            .SelectMany(url =>
                TheValidator.Definitions.FindStructure(url)!.Elements.SelectMany(element => element.Constraints)
            )
            .Where(constraint => constraint.Key.StartsWith("cpis-", StringComparison.Ordinal))
            .DistinctBy(constraint => constraint.Key)
            .Where(constraint =>
                Schemas
                    .Constraints.Get(constraint, TheValidator.Definitions.FindStructure(Canonicals.R4 + "Flag")!)
                    .Path
                    is null
            )
            .Select(constraint => constraint.Key);
        rest.Should().BeEmpty("a rule that only the SDK's engine knows makes an upload ten times as slow to validate");
    }

    [Fact]
    public void Every_core_expression_that_has_code_of_its_own_is_in_the_core_definitions()
    {
        var expressions = TheValidator
            .Definitions.StructureUrls.Where(url => url.StartsWith(Canonicals.R4, StringComparison.Ordinal))
            .SelectMany(url =>
                TheValidator.Definitions.FindStructure(url)!.Elements.SelectMany(element => element.Constraints)
            )
            .Select(constraint => constraint.Expression)
            .ToHashSet();
        KnownConstraints.Expressions.Should().BeSubsetOf(expressions!);
    }

    /// <summary>Null when ours does not judge; empty when both say the same; else what each says.</summary>
    private static string? Judge(Run run, FhirNode node, Constraint constraint)
    {
        // Narratives are judged by rules of our own (txt-1, txt-2); the SDK's schema refuses white space that R4's examples have.
        if (constraint.Expression is not { } expression || constraint.Model.Expression == "htmlChecks()")
            return null;
        var theirs = run.Evaluation.Evaluate(expression, node, out var problem);
        if (problem is not null)
            return null;
        if (constraint.Known?.Invoke(node) is { } known && known != (theirs ?? true))
            return $"{constraint.Key}: code {known}, SDK {theirs}";
        if (constraint.Path is not { } path || !path.TryJudge(new PathFrame(run), node, out var ours))
            return constraint.Known?.Invoke(node) is null ? null : "";
        return ours == theirs ? "" : $"{constraint.Key}: ours {ours}, SDK {theirs}: {constraint.Model.Expression}";
    }

    private static IEnumerable<Constraint> RulesOf(FhirNode node)
    {
        var rules = new List<ConstraintModel>();
        if (node.ResourceType is { } type)
        {
            rules.AddRange(RootRules(Canonicals.R4 + type));
            foreach (var claim in node.Child("meta")?.ChildrenNamed("profile") ?? [])
                rules.AddRange(RootRules(claim.Value!));
        }
        else if (node.Type is { } own)
            rules.AddRange(RootRules(Canonicals.R4 + own));
        if (node.ElementId is { } id)
            rules.AddRange(ById.Value.GetValueOrDefault(id) ?? []);
        return rules
            .Distinct()
            .Select(rule =>
                Schemas.Constraints.Get(rule, TheValidator.Definitions.FindStructure(Canonicals.R4 + "Flag")!)
            );
    }

    private static IEnumerable<ConstraintModel> RootRules(string canonical) =>
        TheValidator.Definitions.FindStructure(canonical)?.Elements[0].Constraints ?? [];

    private static readonly Lazy<Dictionary<string, List<ConstraintModel>>> ById = new(() =>
        TheValidator
            .Definitions.StructureUrls.Where(url =>
                !url.Contains("hl7.org/fhir/StructureDefinition/", StringComparison.Ordinal)
                || char.IsUpper(url[Canonicals.R4.Length])
            )
            .SelectMany(url => TheValidator.Definitions.FindStructure(url)!.Elements)
            .GroupBy(element => element.Id)
            .ToDictionary(
                group => group.Key,
                group => group.SelectMany(element => element.Constraints).Distinct().ToList()
            )
    );

    private static IEnumerable<FhirNode> Nodes(FhirNode node) => node.Children.SelectMany(Nodes).Prepend(node);

    private static IEnumerable<(string Name, byte[] Json)> All() =>
        new[] { Path.Combine(Files.Root, "examples", "bad"), Files.Examples }
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories))
            .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)))
            .Concat(
                GeneratedResource.All.SelectMany(made =>
                    made.Refused.Take(Proof.Of(everyDay: 2, inFull: int.MaxValue))
                        .Prepend(made.Json)
                        .Select(json => (made.Type, Encoding.UTF8.GetBytes(json)))
                )
            );
}
