using CpIs.Fhir.Storage.Tests.Contract;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

public sealed class MongoCommits : CommitContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoSearches : SearchContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoOccurrences : OccurrenceContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoAttendances : AttendanceContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoRegistrations : RegistrationContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoNumbering : NumberingContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoSending : SendingContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoTopics : TopicContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoWorklists : WorklistContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoRestores : RestoreContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoRemovals : RemovalContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoLeases : LeaseContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoRetention : RetentionContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoUses : UseLedgerContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoStamps : StampContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoUploadOrder : UploadOrderContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoQuality : QualityContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}

public sealed class MongoDailyFiles : DailyFileContract
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.TakeAsync(time);
}
