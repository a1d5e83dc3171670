using System.Collections.Concurrent;
using CpIs.Fhir.Conformance.Definitions;
using CpIs.Fhir.Conformance.FhirPath;
using Hl7.FhirPath;

namespace CpIs.Fhir.Conformance.Schemas;

/// <summary>All invariants, each once, with their expressions compiled when they are first needed.</summary>
internal sealed class ConstraintSet
{
    private readonly ConcurrentDictionary<(string Key, string? Expression), Constraint> _constraints = new();
    private readonly FhirPathCompiler _compiler = new(FhirPathFunctions.Symbols());

    public Constraint Get(ConstraintModel model, StructureModel structure) =>
        _constraints.GetOrAdd(
            (model.Key, model.Expression),
            _ => new Constraint(
                model,
                model.Source ?? structure.Url,
                new Lazy<CompiledPath?>(() => Build(model.Expression)),
                new Lazy<CompiledExpression?>(() => Compile(model.Expression))
            )
        );

    /// <summary>Compiles an expression that is not an invariant (a context of an extension); null when it is no FHIRPath.</summary>
    public CompiledExpression? Compile(string? expression)
    {
        if (expression is null)
            return null;
        try
        {
            lock (_compiler)
                return _compiler.Compile(expression);
        }
        catch (Exception e)
            when (e is FormatException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    private CompiledPath? Build(string? expression)
    {
        if (expression is null)
            return null;
        try
        {
            lock (_compiler)
                return PathCompiler.Compile(_compiler.Parse(expression));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
