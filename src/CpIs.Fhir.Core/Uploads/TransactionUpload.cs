using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;
using CpIs.Fhir.Core.Reading;
using Hl7.Fhir.Model;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// The journey of an upload: guard and parse, profile and upload rules, one commit, acknowledgement. All or nothing
/// (promise 7); everything that is wrong is told at once, with its place (promise 11). Parsing and rules are done outside
/// the store, which sees a handful of reads and one commit per Bundle.
/// </summary>
public sealed class TransactionUpload(
    IRecordStore store,
    IdempotentWrite writes,
    IOrganisationDirectory organisations,
    UploadOptions options,
    IdGenerator ids,
    TimeProvider time,
    IWriteCheck? check = null
)
{
    private static readonly string[] Types = ["Patient", "EpisodeOfCare", "Flag"];

    /// <summary>The acknowledgement (200, a transaction-response Bundle), or why nothing was stored.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer: nothing is known of the outcome.</exception>
    public async Task<Result<IdempotentAnswer>> ExecuteAsync(Upload upload, CancellationToken cancellation)
    {
        if (Admit(upload.Caller) is { } refusal)
            return refusal;
        // Read once, at the first try: a repeat of an answered upload is answered again even where today's rules about
        // dates would refuse it, and a conflict costs no second parse.
        IReadOnlyList<UploadEntry>? entries = null;
        return await writes
            .RunAsync(
                upload.Request,
                async token =>
                {
                    var context = ContextOf(upload.Caller);
                    if (entries is null && Read(upload, context).IsRefused(out var no, out entries))
                        return no;
                    return await PrepareAsync(upload, entries, context, token).ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private static Refusal? Admit(Caller caller) =>
        caller.Kind != CallerKind.Authority ? Refusal.Forbidden("Only a local authority uploads.")
        : Types.All(type => SmartScopes.Allow(caller, type, "cu")) ? null
        : Refusal.Forbidden(
            "The token's scopes do not allow an upload: it needs system/Patient.cu, system/EpisodeOfCare.cu and system/Flag.cu."
        );

    private UploadContext ContextOf(Caller caller) =>
        new(
            caller.Organisation,
            organisations.Current.Find(caller.Organisation)?.ResourceId,
            LondonCalendar.DayOf(time.GetUtcNow()),
            options.MaximumDaysAhead
        );

    private Result<IReadOnlyList<UploadEntry>> Read(Upload upload, UploadContext context)
    {
        var limits = new JsonLimits { MaximumBytes = options.MaximumBytes };
        if (ResourceParser.Parse(upload.Body, limits).IsRefused(out var refusal, out var resource))
            return refusal;
        return resource is Bundle bundle
            ? Check(upload, UploadBundle.Read(bundle, context, options))
            : Refusal.Because(
                RefusalKind.Rule,
                new Issue(
                    "not-supported",
                    $"A Bundle of type transaction is expected here, not a {resource.TypeName}.",
                    resource.TypeName,
                    SpineCodes.UnsupportedService,
                    Rule: "cpis-upload-type"
                )
            );
    }

    // After the rules of an upload, which say more of a problem than a profile can; what they refuse is not looked at again.
    private Result<IReadOnlyList<UploadEntry>> Check(Upload upload, Result<IReadOnlyList<UploadEntry>> read) =>
        read.Refusal is null && check?.Check(upload.Body, "CPIS-Upload") is { } refusal ? refusal : read;

    private async Task<Result<PreparedWrite>> PrepareAsync(
        Upload upload,
        IReadOnlyList<UploadEntry> entries,
        UploadContext context,
        CancellationToken cancellation
    )
    {
        var held = await UploadSnapshot
            .ReadAsync(store, context.Authority, entries, cancellation)
            .ConfigureAwait(false);
        var instant = time.GetUtcNow();
        var now = new DateTimeOffset(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
        using var writer = new ResourceWriter(context.Authority, context.OrganizationId);
        var resolution = new UploadResolution(context, held, ids.Next, now, writer);
        if (resolution.Resolve(entries).IsRefused(out var refusal, out var resolved))
            return refusal;
        var answer = AcknowledgementWriter.Write(
            entries.Select(entry =>
                (
                    resolved[(entry.Type, entry.Key)],
                    entry.Patient is { } patient ? DataQuality.Check(entry, held.Elsewhere(patient.Number)) : null
                )
            )
        );
        var commit = new Commit
        {
            Changes = [.. resolved.Values.Select(r => r.Change).OfType<Change>()],
            Occurrence = OccurrenceOf(upload, resolved.Values, now),
        };
        return new PreparedWrite(commit, 200, answer, null);
    }

    private Occurrence OccurrenceOf(Upload upload, IEnumerable<UploadedResource> resolved, DateTimeOffset now) =>
        new()
        {
            Id = ids.Next(),
            Kind = OccurrenceKind.Upload,
            Time = now,
            ClientId = upload.Caller.ClientId,
            Organisation = upload.Caller.Organisation,
            OrganisationName = upload.Caller.OrganisationName,
            CallerKind = upload.Caller.Kind,
            Person = upload.Caller.Person,
            Interaction = "transaction",
            Reason = Counts(resolved),
            RequestId = upload.Request.RequestId,
            CorrelationId = upload.CorrelationId,
        };

    /// <summary>What was written, in numbers: no id of a child stands in it.</summary>
    private static string Counts(IEnumerable<UploadedResource> resolved) =>
        string.Join(
            "; ",
            resolved
                .GroupBy(r => r.Resource.Type)
                .OrderBy(type => type.Key)
                .Select(type =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{type.Key}: {Count(type, UploadEffect.Created)} created, {Count(type, UploadEffect.Updated)} updated, {Count(type, UploadEffect.Unchanged)} unchanged"
                    )
                )
        );

    private static int Count(IEnumerable<UploadedResource> resources, UploadEffect effect) =>
        resources.Count(r => r.Effect == effect);
}

/// <summary>An upload as it was sent, with what is known of the request.</summary>
/// <param name="Caller">The authority.</param>
/// <param name="Request">For idempotency.</param>
/// <param name="CorrelationId">For the audit.</param>
/// <param name="Body">The body as it came.</param>
public sealed record Upload(Caller Caller, WriteRequest Request, string? CorrelationId, ReadOnlyMemory<byte> Body);
