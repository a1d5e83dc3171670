using System.Text.Json;
using Hl7.Fhir.Serialization;

namespace CpIs.Fhir.Conformance.Formats;

/// <summary>Resources that this exchange has written as JSON, as XML (R4: xml.html).</summary>
public static class JsonResource
{
    private const int MostDepth = 256;

    /// <summary>The resource in XML, UTF-8.</summary>
    /// <param name="json">A resource of R4 in JSON, as it is stored or answered.</param>
    /// <param name="isPretty">Laid out for a person.</param>
    /// <exception cref="InvalidOperationException">It is no resource of R4.</exception>
    public static ReadOnlyMemory<byte> ToXml(ReadOnlyMemory<byte> json, bool isPretty)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = MostDepth });
        if (!FhirJsonDeserializer.OSTRICH.TryDeserializeResource(ref reader, out var resource, out _))
            throw new InvalidOperationException("What is answered is no resource of R4.");
        return FhirXmlSerializer.Default.SerializeToBytes(resource, pretty: isPretty);
    }
}
