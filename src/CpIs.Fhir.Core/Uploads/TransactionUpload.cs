using System.Globalization;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// The journey of an upload: read, judge (profile, then what only Core knows), resolve, one commit, acknowledgement. All or nothing
/// (promise 7); everything that is wrong is told at once, with its place and its record (promise 11). Reading and judging are done
/// outside the store, which sees a handful of reads and one commit per Bundle.
/// </summary>
public sealed class TransactionUpload(
    IRecordStore store,
    IdempotentWrite writes,
    IOrganisationDirectory organisations,
    UploadOptions options,
    IUploadAlarms alarms,
    IdGenerator ids,
    TimeProvider time,
    IWriteCheck check,
    LoadedUploads loaded
)
{
    /// <summary>An alarm is raised when more than one entry in so many is superseded.</summary>
    private const int AlarmingShare = 10;

    private readonly IUploadAlarms _alarms = alarms;
    private readonly UploadSubscribers _subscribers = new(store);
    private readonly IRecordStore _store = store;

    /// <summary>The same upon another store.</summary>
    internal TransactionUpload Upon(IRecordStore other) =>
        new(other, writes, organisations, options, _alarms, ids, time, check, loaded);

    /// <summary>The acknowledgement (200, a transaction-response Bundle), or why nothing was stored.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer: nothing is known of the outcome.</exception>
    public async Task<Result<IdempotentAnswer>> ExecuteAsync(Upload upload, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(upload);
        if (Admit(upload) is { } refusal)
            return refusal;
        var attempt = new Attempt(this, upload);
        var result = await writes.RunAsync(upload.Request, attempt.PrepareAsync, cancellation).ConfigureAwait(false);
        if (result.Refusal is not null)
            return result;
        attempt.AlarmOfOldFile();
        // Whoever asked may be gone; what was loaded is.
        if (attempt.Extracted is { } extracted)
            await loaded.NoteAsync(upload.Caller.Organisation, extracted, CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    /// <summary>
    /// The tries of one upload. It is read once, at the first of them: a repeat of an answered upload is answered again even where today's
    /// rules about dates would refuse it, and a conflict costs no second parse.
    /// </summary>
    internal sealed class Attempt(TransactionUpload uploads, Upload upload)
    {
        private ReadUpload? _read;
        private int _superseded;

        /// <summary>The entries that could be understood; none before <see cref="Read"/>.</summary>
        public IReadOnlyList<UploadEntry> Entries => _read?.Content.Entries ?? [];

        /// <summary>Reads and judges, once. Null, or why there is nothing to resolve.</summary>
        public Refusal? Read() =>
            _read is null && uploads.Read(upload, uploads.ContextOf(upload)).IsRefused(out var no, out _read)
                ? no
                : null;

        /// <summary>What it makes of what is held now, or everything that stands against it.</summary>
        /// <param name="held">What is held, where it was read already.</param>
        /// <param name="cancellation">Cancels the wait.</param>
        public async Task<Result<ResolvedUpload>> ResolveAsync(UploadSnapshot? held, CancellationToken cancellation)
        {
            if (Read() is { } no)
                return no;
            var context = uploads.ContextOf(upload);
            held ??= await UploadSnapshot
                .ReadAsync(uploads._store, context.Authority, Entries, cancellation)
                .ConfigureAwait(false);
            return uploads.Resolve(_read!, context, held);
        }

        /// <summary>The commit with its answer, against what is held now; or what stands against it.</summary>
        public async Task<Result<PreparedWrite>> PrepareAsync(CancellationToken cancellation)
        {
            if ((await ResolveAsync(null, cancellation).ConfigureAwait(false)).IsRefused(out var no, out var resolved))
                return no;
            _superseded = Entries.Count(entry => resolved[entry] is null or { Effect: UploadEffect.Superseded });
            return await uploads.PrepareAsync(upload, _read!, resolved, cancellation).ConfigureAwait(false);
        }

        /// <summary>
        /// When the sender took the data from its register; null for a repeat, which was not read again, and for a form, which says nothing of
        /// the register.
        /// </summary>
        public DateTimeOffset? Extracted => _read is { IsForm: false } ? _read.Time.Stamp.Time : null;

        /// <summary>Tells the operator, once the upload is answered, where much of it was older than what is held.</summary>
        public void AlarmOfOldFile()
        {
            if (_read is { IsForm: false } && _superseded * AlarmingShare > _read.Content.Entries.Count)
                uploads._alarms.ManySuperseded(
                    upload.Caller.Organisation,
                    upload.Request.RequestId,
                    _superseded,
                    _read.Content.Entries.Count
                );
        }
    }

    /// <summary>Admission has asked this before; what writes a record asks for itself.</summary>
    internal static Refusal? Admit(Upload upload) =>
        upload.Caller.Kind != CallerKind.Authority ? Refusal.Forbidden("Only local authorities can upload.")
        : upload.Needs.All(need => SmartScopes.Allow(upload.Caller, need.Type, need.Access)) ? null
        : Refusal.Forbidden(
            $"The token's scopes do not allow an upload: it needs {string.Join(", ", upload.Needs.Select(need => $"system/{need.Type}.{need.Access}"))}."
        );

    private UploadContext ContextOf(Upload upload) =>
        new(
            upload.Caller.Organisation,
            organisations.Current.Find(upload.Caller.Organisation)?.ResourceId,
            LondonCalendar.DayOf(time.GetUtcNow()),
            options.MaximumDaysAhead
        )
        {
            FhirBase = upload.FhirBase,
            IsSingle = upload.IsSingle,
            MustBeNew = upload.MustBeNew,
            TakesProtectedMarks = options.TakesProtectedMarks,
            Organisations = organisations.Current,
        };

    private Result<ReadUpload> Read(Upload upload, UploadContext context)
    {
        if (check.Read(upload.Body, options.Limits).IsRefused(out var refusal, out var body))
            return refusal;
        var content = UploadContent.Read(body, context);
        var now = time.GetUtcNow();
        var made = upload.Stamp is { } stamp
            ? new UploadTime(stamp, IsSent: true)
            : UploadTime.Of(
                content.Timestamp,
                now,
                organisations.Current.Find(upload.Caller.Organisation)?.StampEpoch ?? 0
            );
        if (content.IsForm)
        {
            if (Forms.SenderOf(upload.Caller).IsRefused(out refusal, out var person))
                return refusal;
            made = made with { Stamp = made.Stamp with { Form = person.Name } };
        }

        // Of a daily file that was asked when it came.
        if (upload.Stamp is null && made.IsAheadOf(now))
        {
            _alarms.TimeAhead(context.Authority, upload.Request.RequestId, made.Stamp.Time - now);
            content.Findings.Add(RefusalKind.Rule, made.Ahead(now));
        }

        return new ReadUpload(content, made);
    }

    private Result<ResolvedUpload> Resolve(ReadUpload read, UploadContext context, UploadSnapshot held)
    {
        using var writer = new ResourceWriter(context.Authority, context.OrganizationId);
        var resolved = new UploadResolution(context, read.Time, held, ids.Next, Now(), writer).Resolve(
            read.Content.Entries,
            read.Content.IsWhole
        );
        return read.Content.ToRefusal(resolved.Refusal) is { } refusal ? refusal : resolved;
    }

    private async Task<PreparedWrite> PrepareAsync(
        Upload upload,
        ReadUpload read,
        ResolvedUpload resolved,
        CancellationToken cancellation
    )
    {
        var occurrence = OccurrenceOf(upload, resolved.Resources.Values);
        // Whoever sends one resource or a form is answered at once, and needs no notice of it.
        if (!upload.IsSingle && !read.IsForm)
            occurrence = await _subscribers
                .TellAsync(occurrence, read.Time.Stamp, UploadVerdict.Taken, cancellation)
                .ConfigureAwait(false);
        var commit = new Commit
        {
            Changes = resolved.Changes,
            Confirmations = resolved.Confirmations,
            Occurrence = occurrence,
        };
        return new PreparedWrite(commit, 200, AcknowledgementWriter.Write(read.Content.Entries, resolved), null);
    }

    /// <summary>To the millisecond, as <c>meta.lastUpdated</c> tells it.</summary>
    internal DateTimeOffset Now()
    {
        var instant = time.GetUtcNow();
        return new DateTimeOffset(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
    }

    internal Occurrence OccurrenceOf(Upload upload, IEnumerable<UploadedResource> resolved) =>
        new()
        {
            Id = ids.Next(),
            Kind = OccurrenceKind.Upload,
            Time = Now(),
            ClientId = upload.Caller.ClientId,
            Organisation = upload.Caller.Organisation,
            OrganisationName = upload.Caller.OrganisationName,
            CallerKind = upload.Caller.Kind,
            Person = upload.Caller.Person,
            Interaction = upload.Interaction,
            Reason = Counts(resolved),
            RequestId = upload.Request.RequestId,
            CorrelationId = upload.CorrelationId,
        };

    /// <summary>What was written, in numbers: no id of a child is in it.</summary>
    private static string Counts(IEnumerable<UploadedResource> resolved) =>
        string.Join(
            "; ",
            resolved
                .GroupBy(r => r.Resource.Type)
                .OrderBy(type => type.Key)
                .Select(type =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{type.Key}: {Count(type, UploadEffect.Created)} created, {Count(type, UploadEffect.Updated)} updated, {Count(type, UploadEffect.Unchanged)} unchanged{Some(type, UploadEffect.Superseded)}{Some(type, UploadEffect.Deleted)}"
                    )
                )
        );

    private static string Some(IEnumerable<UploadedResource> resources, UploadEffect effect) =>
        Count(resources, effect) is var count and > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {count} {effect.ToString().ToLowerInvariant()}")
            : "";

    private static int Count(IEnumerable<UploadedResource> resources, UploadEffect effect) =>
        resources.Count(r => r.Effect == effect);

    private sealed record ReadUpload(UploadContent Content, UploadTime Time)
    {
        public bool IsForm => Time.Stamp.Form is not null;
    }
}
