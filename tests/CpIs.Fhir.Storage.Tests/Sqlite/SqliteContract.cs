using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

public sealed class SqliteCommits : CommitContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteSearches : SearchContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteOccurrences : OccurrenceContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteAttendances : AttendanceContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteRegistrations : RegistrationContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteNumbering : NumberingContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteSending : SendingContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteTopics : TopicContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteWorklists : WorklistContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteRestores : RestoreContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteRemovals : RemovalContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteLeases : LeaseContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteRetention : RetentionContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteStamps : StampContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteUploadOrder : UploadOrderContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteQuality : QualityContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}

public sealed class SqliteDailyFiles : DailyFileContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await SqliteStoreUnderTest.OpenAsync(time);
}
