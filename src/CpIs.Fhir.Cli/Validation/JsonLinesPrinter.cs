using System.Buffers;
using System.Text;
using System.Text.Json;
using CpIs.Fhir.Conformance.Validation;

namespace CpIs.Fhir.Cli.Validation;

/// <summary>One object a line: <c>{"file":..,"valid":..,"outcome":..}</c>.</summary>
internal sealed class JsonLinesPrinter(TextWriter output) : IVerdictPrinter
{
    private readonly ArrayBufferWriter<byte> _line = new(4_096);

    public void Print(Verdict verdict)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, OutcomeWriter.Readable))
        {
            json.WriteStartObject();
            json.WriteString("file", verdict.Input.Name);
            json.WriteBoolean("valid", verdict.Result.IsValid);
            json.WritePropertyName("outcome");
            OutcomeWriter.Write(json, verdict.Result);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(_line.WrittenSpan));
    }

    public void End(ValidationCounts counts) => output.Flush();
}
