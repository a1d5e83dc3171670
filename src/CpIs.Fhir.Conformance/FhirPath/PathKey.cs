using System.Text;
using CpIs.Fhir.Conformance.Sources;

namespace CpIs.Fhir.Conformance.FhirPath;

/// <summary>Writes an element with all that is in it as one text, so that equal elements can be found without comparing each with each.</summary>
internal static class PathKey
{
    public static string Of(FhirNode node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return text.ToString();
    }

    private static void Write(FhirNode node, StringBuilder text)
    {
        text.Append(node.Value).Append('{');
        foreach (var child in node.Nodes)
        {
            text.Append('\u0001').Append(child.Name).Append('=');
            Write(child, text);
        }

        text.Append('}');
    }
}
