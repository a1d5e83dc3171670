using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.Sqlite;

// The whole contract once more, on a store that is sealed: protection changes what lies on the disk and nothing else.

public sealed class SealedSqliteCommits : CommitContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteSearches : SearchContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteOccurrences : OccurrenceContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteAttendances : AttendanceContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteRegistrations : RegistrationContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteNumbering : NumberingContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteSending : SendingContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteTopics : TopicContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteRestores : RestoreContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteRemovals : RemovalContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteRetention : RetentionContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteStamps : StampContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteQuality : QualityContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

public sealed class SealedSqliteDailyFiles : DailyFileContract
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedSqlite.OpenAsync(time);
}

internal static class SealedSqlite
{
    public static async Task<IStoreUnderTest> OpenAsync(TimeProvider time)
    {
        var protection = new SealedRecords(ProtectionKeys.Make("test"));
        return await SqliteStoreUnderTest.OpenAsync(time, options => options with { Protection = protection });
    }
}
