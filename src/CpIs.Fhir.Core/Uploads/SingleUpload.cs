using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Reading;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Create, update, conditional create and conditional update of one resource: an upload whose transaction has one entry. Nothing is judged
/// here that a transaction does not judge; what a refusal says of the entry is told of the resource.
/// </summary>
public sealed class SingleUpload(
    TransactionUpload uploads,
    IRecordStore store,
    IWriteCheck check,
    UploadOptions options
)
{
    private const string Entry = "Bundle.entry[0]";
    private const string Resource = Entry + ".resource";

    /// <summary>What became of the resource, or why nothing was stored.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer: nothing is known of the outcome.</exception>
    public async Task<Result<WrittenRecord>> ExecuteAsync(SingleWrite write, CancellationToken cancellation)
    {
        var type = write.Type;
        if (write.Id is { } id)
        {
            // Not yours is unknown; who gives ids is the server.
            var held = await store.ReadAsync(type, id, null, cancellation).ConfigureAwait(false);
            if (held is null || held.Authority != write.Upload.Caller.Organisation)
                return Refusal.Unknown($"This {type}");
        }

        if (check.Read(write.Upload.Body, options.Limits).IsRefused(out var refusal, out var body))
            return refusal;
        if (body.Root.ResourceType is { Length: > 0 } other && other != type.ToString())
            return Refusal.Malformed($"The resource must be a {type}. Sent: {Shown.Value(other)}.", body.Root.Path);
        if (write.Id is not null && body.Root.Text("id") != write.Id)
            return Refusal.Malformed(
                "The id in the body must be the id in the URL.",
                $"{type}.id",
                SpineCodes.InvalidResourceId
            );
        if (
            write.IfNoneExist is { } wanted
            && await FindAsync(write, wanted, cancellation).ConfigureAwait(false) is { } there
        )
            return new WrittenRecord(there, false, default);
        if (write.Identifier is null && new SentRecord(body.Root).Key is null)
            // It cannot be named by its identifier; what is wrong with it says why.
            return Finding.Refuse([.. body.Judge(), Unnamed(type)]);
        var (system, value) = write.Identifier ?? new SentRecord(body.Root).Key!.Value;
        var answer = await uploads
            .ExecuteAsync(
                write.Upload with
                {
                    Body = Bundle(
                        write,
                        $"{type}?identifier={Uri.EscapeDataString(system)}|{Uri.EscapeDataString(value)}"
                    ),
                    Interaction = write.Id is null && write.Identifier is null ? "create" : "update",
                    MustBeNew = write.Id is null && write.Identifier is null,
                },
                cancellation
            )
            .ConfigureAwait(false);
        return answer.IsRefused(out refusal, out var kept)
            ? refusal with
            {
                Issues = [.. refusal.Issues.Select(issue => OfResource(issue, type))],
            }
            : await ReadAsync(type, kept.Body, cancellation).ConfigureAwait(false);
    }

    private static Finding Unnamed(RecordType type) =>
        new(
            RefusalKind.Rule,
            new Issue(
                "required",
                $"A {type} is known by its identifier. Send one with system and value.",
                $"{type}.identifier",
                SpineCodes.MissingValue,
                Rule: UploadAgreement.Entry
            )
        );

    private async Task<StoredResource?> FindAsync(
        SingleWrite write,
        (string System, string Value) identifier,
        CancellationToken cancellation
    )
    {
        var authority = write.Upload.Caller.Organisation;
        var isOwn =
            identifier.System
            == (write.Type == RecordType.Patient ? FhirSystems.NhsNumber : FhirSystems.PlanId(authority));
        if (!isOwn)
            return null;
        var identity = UploadSnapshot.Identity(authority, identifier.Value);
        var found = await store.ReadByIdentityAsync(write.Type, [identity], cancellation).ConfigureAwait(false);
        return found.GetValueOrDefault(identity);
    }

    /// <summary>What the acknowledgement of the one entry says, with the version that it names.</summary>
    private async Task<WrittenRecord> ReadAsync(
        RecordType type,
        ReadOnlyMemory<byte> acknowledgement,
        CancellationToken cancellation
    )
    {
        using var json = JsonDocument.Parse(acknowledgement);
        var response = json.RootElement.GetProperty("entry")[0].GetProperty("response");
        // {type}/{id}/_history/{version}
        var way = response.GetProperty("location").GetString()!.Split('/');
        var version = int.Parse(way[3], CultureInfo.InvariantCulture);
        var resource =
            await store.ReadAsync(type, way[1], version, cancellation).ConfigureAwait(false)
            ?? throw new StoreUnavailableException($"{type}/{way[1]}/_history/{version} was written and is not there.");
        return new WrittenRecord(
            resource,
            response.GetProperty("status").GetString()!.StartsWith("201", StringComparison.Ordinal),
            response.TryGetProperty("outcome", out var outcome)
                ? JsonSerializer.SerializeToUtf8Bytes(outcome)
                : default(ReadOnlyMemory<byte>)
        );
    }

    private static byte[] Bundle(SingleWrite write, string url)
    {
        var buffer = new ArrayBufferWriter<byte>(write.Upload.Body.Length + 512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("type", "transaction");
        json.WriteStartArray("entry");
        json.WriteStartObject();
        json.WriteString("fullUrl", "urn:uuid:00000000-0000-4000-8000-000000000001");
        json.WritePropertyName("resource");
        json.WriteRawValue(write.Upload.Body.Span, skipInputValidation: true);
        json.WriteStartObject("request");
        json.WriteString("method", "PUT");
        json.WriteString("url", url);
        if (write.IfMatch is { } version)
            json.WriteString("ifMatch", string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\""));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An issue of the one entry as an issue of the resource that was sent.</summary>
    private static Issue OfResource(Issue issue, RecordType type) =>
        issue with
        {
            Expression = issue.Expression switch
            {
                null => null,
                var place when place.StartsWith(Resource, StringComparison.Ordinal) => type + place[Resource.Length..],
                Entry + ".request.ifMatch" => "http.If-Match",
                Entry + ".request.url" => "identifier",
                _ => type.ToString(),
            },
            Diagnostics = issue.Rule is "cpis-patient-without-plan" or UploadAgreement.References
                ? $"{issue.Diagnostics} Send a new child with its plan in one transaction: POST a Bundle to the FHIR base."
                : issue.Diagnostics,
        };
}

/// <summary>One resource as it was sent to an address of its own.</summary>
/// <param name="Upload">Its body, and what is known of the request.</param>
/// <param name="Type">Patient, EpisodeOfCare or Flag.</param>
public sealed record SingleWrite(Upload Upload, RecordType Type)
{
    /// <summary>The id in the URL of an update; null for the others.</summary>
    public string? Id { get; init; }

    /// <summary>System and value in the URL of a conditional update; null for the others.</summary>
    public (string System, string Value)? Identifier { get; init; }

    /// <summary>System and value in <c>If-None-Exist</c> of a conditional create: where the authority holds such a record, nothing is written.</summary>
    public (string System, string Value)? IfNoneExist { get; init; }

    /// <summary>The version in <c>If-Match</c>, or null.</summary>
    public int? IfMatch { get; init; }
}

/// <summary>What became of one resource.</summary>
/// <param name="Resource">The version that is held now.</param>
/// <param name="IsCreated">True when it was not held before.</param>
/// <param name="Outcome">An OperationOutcome with what its sender should know; empty for nothing.</param>
public sealed record WrittenRecord(StoredResource Resource, bool IsCreated, ReadOnlyMemory<byte> Outcome);
