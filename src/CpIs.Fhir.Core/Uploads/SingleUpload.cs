using System.Globalization;
using System.Text.Json.Nodes;
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
    IdempotentWrite writes,
    IRecordStore store,
    IWriteCheck check,
    UploadOptions options
)
{
    private const string NewPlan =
        "Its plan id stays used. If the child has a plan after all, send it under a new plan id.";

    /// <summary>What became of the resource, or why nothing was stored.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer: nothing is known of the outcome.</exception>
    public async Task<Result<WrittenRecord>> ExecuteAsync(SingleWrite write, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (
            TransactionUpload.Admit(write.Upload with { Needs = [(write.Type.ToString(), write.Access)] }) is
            { } refused
        )
            return refused;
        TransactionUpload.Attempt? attempt = null;
        var answer = await writes
            .RunAsync(
                write.Upload.Request,
                async token =>
                {
                    if (
                        (await FindAddressedAsync(write, token).ConfigureAwait(false)).IsRefused(
                            out var unknown,
                            out var addressed
                        )
                    )
                        return unknown;
                    if (attempt is null)
                    {
                        if (Read(write, addressed).IsRefused(out var refusal, out var upload))
                            return refusal;
                        attempt = new TransactionUpload.Attempt(uploads, upload);
                    }

                    if (await FindAsync(write, token).ConfigureAwait(false) is { } there)
                        return Keep(write, there);
                    var prepared = await attempt.PrepareAsync(token).ConfigureAwait(false);
                    // Somebody else may have made it in between.
                    return
                        prepared.Refusal is not null && await FindAsync(write, token).ConfigureAwait(false) is { } made
                        ? Keep(write, made)
                        : prepared;
                },
                cancellation
            )
            .ConfigureAwait(false);
        return answer.IsRefused(out var no, out var kept)
            ? no with
            {
                Issues = [.. no.Issues.Select(issue => OneEntry.OfResource(issue, write.Type))],
            }
            : await ReadAsync(write.Type, kept.Body, cancellation).ConfigureAwait(false);
    }

    /// <summary>What is held at the address, null where the address has no id. Not yours is unknown; who gives ids is the server.</summary>
    private async Task<Result<StoredResource?>> FindAddressedAsync(SingleWrite write, CancellationToken cancellation)
    {
        if (write.Id is not { } id)
            return (StoredResource?)null;
        return await Own(write).ByIdAsync(write.Type, id, cancellation).ConfigureAwait(false) switch
        {
            null => Refusal.Unknown($"This {write.Type}"),
            { IsDeleted: true } => Refusal.Gone($"This {write.Type}", NewPlan),
            { } held => held,
        };
    }

    /// <summary>The upload of one entry, or why it cannot be made of what was sent.</summary>
    private Result<Upload> Read(SingleWrite write, StoredResource? addressed)
    {
        var type = write.Type;
        if (check.Read(write.Upload.Body, options.Limits).IsRefused(out var refusal, out var body))
            return refusal;
        if (body.Root.ResourceType is { Length: > 0 } other && other != type.ToString())
            return Refusal.Malformed($"This address takes {type}. Sent: {Shown.Value(other)}.", body.Root.Path);
        if (write.Id is not null && body.Root.Text("id") != write.Id)
            return Refusal.Malformed(
                "The id in the body must be the id in the URL.",
                $"{type}.id",
                SpineCodes.InvalidResourceId
            );
        var own = new SentRecord(body.Root).Key;
        if (addressed is not null && Renames(addressed, body.Root, own))
            return Renamed(type);
        if (write.IfNoneExist is { } wanted && RefuseCondition(write, wanted, own) is { } unfit)
            return unfit;
        if ((write.Identifier ?? own) is not var (system, value))
            // It cannot be named; what is wrong with it says why.
            return Finding.Refuse([.. body.Judge(), Unnamed(type)]);
        var isCreate = write.Id is null && write.Identifier is null;
        return write.Upload with
        {
            Body = OneEntry.Bundle(
                write.Upload.Body,
                $"{type}?identifier={Uri.EscapeDataString(system)}|{Uri.EscapeDataString(value)}",
                write.IfMatch
            ),
            IsSingle = true,
            MustBeNew = isCreate,
        };
    }

    /// <summary>A condition that asks for something else than what is sent would leave it unstored without a word.</summary>
    private static Refusal? RefuseCondition(
        SingleWrite write,
        (string System, string Value) wanted,
        (string System, string Value)? own
    )
    {
        const string header = "http.If-None-Exist";
        return write.RefuseStranger(header) is { } stranger ? stranger
            : wanted == own ? null
            : Refusal.Because(
                RefusalKind.Rule,
                new Issue(
                    "business-rule",
                    "If-None-Exist must name the identifier of the resource that is sent.",
                    header,
                    SpineCodes.InvalidValue,
                    Rule: UploadAgreement.Condition
                )
            );
    }

    /// <summary>What is held at an address stays the record of one plan of one child; a correction moves it to another address.</summary>
    private static bool Renames(StoredResource addressed, ISentElement sent, (string System, string Value)? own)
    {
        if (
            addressed.Identity is { } identity
            && own is var (_, named)
            && identity != UploadSnapshot.Identity(addressed.Authority, named)
        )
            return true;
        var child = sent.Text(addressed.Type == RecordType.Flag ? "subject" : "patient", "identifier", "value");
        return addressed.Type != RecordType.Patient
            && child is not null
            && NhsNumber.TryParse(child, out var number)
            && number != addressed.Child;
    }

    private static Refusal Renamed(RecordType type) =>
        Refusal.Because(
            RefusalKind.Rule,
            new Issue(
                "business-rule",
                type == RecordType.Patient
                    ? "This Patient is held under another NHS number, which stays. To correct a number, send its plans again in a Bundle, by their plan ids, under the right one."
                    : $"This {type} is held under another plan id or NHS number, which stay. Send another plan by POST, and a corrected NHS number by PUT {type}?identifier=.",
                $"{type}.identifier",
                SpineCodes.InvalidUpdate,
                Rule: EntryPrecondition.Id
            )
        );

    private static Finding Unnamed(RecordType type) =>
        new(
            RefusalKind.Rule,
            new Issue(
                "required",
                $"{type} is known by its identifier. Send one with system and value.",
                $"{type}.identifier",
                SpineCodes.MissingValue,
                Rule: UploadAgreement.Entry
            )
        );

    /// <summary>What <c>If-None-Exist</c> finds; null for nothing, and without it.</summary>
    private async Task<StoredResource?> FindAsync(SingleWrite write, CancellationToken cancellation) =>
        write.IfNoneExist is { } wanted
        && await Own(write).ByIdentifierAsync(write.Type, wanted, cancellation).ConfigureAwait(false)
            is { IsDeleted: false } there
            ? there
            : null;

    private OwnRecords Own(SingleWrite write) => new(store, write.Upload.Caller.Organisation);

    /// <summary>Nothing is written but the answer.</summary>
    private PreparedWrite Keep(SingleWrite write, StoredResource there) =>
        new(
            new Commit
            {
                Occurrence = uploads.OccurrenceOf(write.Upload with { IsSingle = true, MustBeNew = true }, []),
            },
            200,
            AcknowledgementWriter.Held(there),
            null
        );

    /// <summary>What the acknowledgement of the one entry says, with the version that it names.</summary>
    private async Task<Result<WrittenRecord>> ReadAsync(
        RecordType type,
        ReadOnlyMemory<byte> acknowledgement,
        CancellationToken cancellation
    )
    {
        var response = JsonNode.Parse(acknowledgement.Span)!["entry"]![0]!["response"]!;
        // {type}/{id}/_history/{version}
        var way = ((string)response["location"]!).Split('/');
        var version = int.Parse(way[3], CultureInfo.InvariantCulture);
        var resource =
            await store.ReadAsync(type, way[1], version, cancellation).ConfigureAwait(false)
            ?? throw new StoreUnavailableException($"{type}/{way[1]}/_history/{version} was written and is not there.");
        if (resource.IsDeleted)
            return Refusal.Gone($"This {type}", NewPlan);
        return new WrittenRecord(
            resource,
            ((string)response["status"]!).StartsWith("201", StringComparison.Ordinal),
            response["outcome"] is { } outcome ? OneEntry.OfResource(outcome, type) : default(ReadOnlyMemory<byte>)
        );
    }
}
