using System.Text.Json;
using CpIs.Fhir.Cli.Running;

namespace CpIs.Fhir.Cli.Http;

/// <summary>What the exchange answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Bytes of the body.</param>
/// <param name="RequestId">X-Request-ID of the question.</param>
/// <param name="Location">Location header, or null.</param>
internal sealed record Answer(int Status, ReadOnlyMemory<byte> Body, string RequestId, string? Location = null)
{
    /// <summary>How far work is that goes on (<c>X-Progress</c>, with 202), or null.</summary>
    public string? Progress { get; init; }

    /// <summary>2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body as JSON.</summary>
    /// <exception cref="CannotRunException">It is none.</exception>
    public JsonElement ReadJson()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException unreadable)
        {
            throw new CannotRunException("the answer is not JSON.", inner: unreadable);
        }
    }

    /// <summary>What is wrong, in the exchange's words; at least one.</summary>
    public IReadOnlyList<Problem> Problems => Problem.Read(Body, Status);
}
