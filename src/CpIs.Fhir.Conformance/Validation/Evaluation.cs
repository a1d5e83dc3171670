using System.Text.Json;
using System.Xml;
using CpIs.Fhir.Conformance.References;
using CpIs.Fhir.Conformance.Sources;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.FhirPath;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// Evaluates FHIRPath on the elements of one source, with the SDK's engine: the source is read into the SDK's model when the first
/// expression asks, and elements are found there by name and place.
/// </summary>
internal sealed class Evaluation(FhirSource source, Targets targets)
{
    private static readonly FhirJsonDeserializer Lenient = FhirJsonDeserializer.OSTRICH;

    private PocoNode? _root;
    private bool _isRead;

    /// <summary>What an expression says of an element: true, false, or null when nothing came out or it could not be evaluated.</summary>
    /// <param name="expression">The invariant.</param>
    /// <param name="node">The element that it is about.</param>
    /// <param name="problem">Why it could not be evaluated; null when it could.</param>
    public bool? Evaluate(CompiledExpression expression, FhirNode node, out string? problem)
    {
        problem = null;
        try
        {
            if (Of(node) is not { } focus)
            {
                problem = "the element could not be read";
                return null;
            }

            bool? result = null;
            foreach (var item in expression([focus], Context(node)))
                result = (result ?? true) && item.GetValue() is not false;
            return result;
        }
        catch (Exception e) when (IsOfEngine(e))
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>True when an expression says so without doubt that it does not hold.</summary>
    public bool IsFalse(CompiledExpression? expression, FhirNode node) =>
        expression is not null && Evaluate(expression, node, out _) == false;

    /// <summary>Whether an element is among what an expression selects from its resource; null when that cannot be decided.</summary>
    public bool? Selects(CompiledExpression? expression, FhirNode node)
    {
        var (resource, _) = Targets.ResourcesOf(node);
        try
        {
            if (expression is null || Of(node) is not { } wanted || Of(resource) is not { } start)
                return null;
            foreach (var item in expression([start], Context(node)))
                if (ReferenceEquals(item.Poco, wanted.Poco))
                    return true;
            return false;
        }
        catch (Exception e) when (IsOfEngine(e))
        {
            return null;
        }
    }

    private FhirEvaluationContext Context(FhirNode node)
    {
        var (resource, container) = Targets.ResourcesOf(node);
        return new FhirEvaluationContext
        {
            Resource = Of(resource),
            RootResource = Of(container),
            ElementResolver = literal => Resolve(node, literal),
        };
    }

    /// <summary>The target of a reference; where it is not here, an empty resource of the type that the reference names.</summary>
    private PocoNode? Resolve(FhirNode from, string literal)
    {
        if (targets.Resolve(from, literal) is { } found)
            return Of(found);
        return
            Targets.TypeIn(literal) is { } type
            && ModelInfo.ModelInspector.FindClassMapping(type)?.NativeType is { } native
            && Activator.CreateInstance(native) is Resource stub
            ? stub.ToPocoNode()
            : null;
    }

    /// <summary>The SDK's node of an element; null when the SDK could not read it.</summary>
    private PocoNode? Of(FhirNode node)
    {
        if (node.Evaluated is PocoNode known)
            return known;
        if (node.Parent is null)
        {
            node.Evaluated = Root();
            return _root;
        }

        if (Of(node.Parent) is not { } parent)
            return null;
        switch (parent.Child(node.ElementName ?? node.Name))
        {
            case PocoNode single when node.Index <= 0:
                node.Evaluated = single;
                return single;
            case PocoListNode list:
                Place(list, node);
                return node.Evaluated as PocoNode;
            default:
                return null;
        }
    }

    /// <summary>Gives each repetition its node at once, so that a long list is gone through once.</summary>
    private static void Place(PocoListNode list, FhirNode one)
    {
        using var made = list.GetEnumerator();
        foreach (var node in one.Parent!.Nodes)
            if (node.Name == one.Name && made.MoveNext())
                node.Evaluated = made.Current;
    }

    private PocoNode? Root()
    {
        if (_isRead)
            return _root;
        _isRead = true;
        try
        {
            _root = Inner((source.IsXml ? ReadXml() : ReadJson())?.ToPocoNode());
        }
        catch (Exception e) when (IsOfEngine(e))
        {
            _root = null;
        }

        return _root;
    }

    /// <summary>The resource that is validated, where it is in another; as a root of its own.</summary>
    private PocoNode? Inner(PocoNode? outer)
    {
        var at = outer;
        foreach (var (name, index) in source.Way)
            at = at?.Child(name) switch
            {
                PocoNode single when index == 0 => single,
                PocoListNode list => list.ElementAtOrDefault(index),
                _ => null,
            };
        return ReferenceEquals(at, outer) ? outer : at?.Poco.ToPocoNode();
    }

    /// <summary>
    /// The SDK's reader and engine throw whatever comes (IndexOutOfRangeException on a property without name): input must never stop
    /// the validator, so what they cannot do is told as not checked.
    /// </summary>
    private static bool IsOfEngine(Exception e) => e is not OutOfMemoryException;

    private Resource? ReadJson()
    {
        var reader = new Utf8JsonReader(
            source.Text.Span,
            new JsonReaderOptions { MaxDepth = FhirSource.Limits.MaximumDepth + 1 }
        );
        Lenient.TryDeserializeResource(ref reader, out var resource, out _);
        return resource;
    }

    private Resource? ReadXml()
    {
        using var reader = XmlReader.Create(new MemoryStream(source.Text.ToArray(), false), XmlTree.Settings);
        FhirXmlDeserializer.OSTRICH.TryDeserializeResource(reader, out var resource, out _);
        return resource;
    }
}
