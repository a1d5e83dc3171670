using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc />
    public Task AddAttemptsAsync(IReadOnlyList<DeliveryAttempt> attempts, CancellationToken cancellation) =>
        WriteAsync<bool>(
            connection =>
            {
                foreach (var attempt in attempts)
                {
                    using var statement = connection.Prepare(
                        """
                        INSERT OR IGNORE INTO attempt (id, subscription, time, server, type, number, events, status, duration, error)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """
                    );
                    statement
                        .Add(attempt.Id)
                        .Add(attempt.SubscriptionId)
                        .Add(attempt.Time.ToUnixTimeMilliseconds())
                        .Add(attempt.Server)
                        .Add(attempt.Type.Code())
                        .Add(attempt.FirstNumber)
                        .Add(attempt.Events)
                        .Add((long?)attempt.HttpStatus)
                        .Add((long)attempt.Duration.TotalMilliseconds)
                        .Add(attempt.Error)
                        .Run();
                }

                return true;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<IReadOnlyList<DeliveryAttempt>> ReadAttemptsAsync(
        string subscriptionId,
        PagePosition? after,
        int limit,
        CancellationToken cancellation
    ) =>
        ReadAsync<IReadOnlyList<DeliveryAttempt>>(
            connection =>
            {
                using var rows = connection.Prepare(
                    """
                    SELECT id, time, server, type, number, events, status, duration, error FROM attempt
                    WHERE subscription = ? AND (time, id) < (?, ?) ORDER BY time DESC, id DESC LIMIT ?
                    """
                );
                rows.Add(subscriptionId)
                    .Add(after?.Time.ToUnixTimeMilliseconds() ?? long.MaxValue)
                    .Add(after?.Id ?? "")
                    .Add(limit);
                var attempts = new List<DeliveryAttempt>();
                while (rows.Step())
                    attempts.Add(
                        new DeliveryAttempt(
                            rows.Text(0),
                            subscriptionId,
                            DateTimeOffset.FromUnixTimeMilliseconds(rows.Long(1)),
                            rows.Text(2),
                            NotificationTypes.FromCode(rows.Text(3)) ?? NotificationType.EventNotification,
                            rows.LongOrNull(4),
                            rows.Int(5),
                            (int?)rows.LongOrNull(6),
                            TimeSpan.FromMilliseconds(rows.Long(7)),
                            rows.TextOrNull(8)
                        )
                    );
                return attempts;
            },
            cancellation
        );

    /// <inheritdoc />
    public Task<int> RemoveAttemptsAsync(DateTimeOffset before, int limit, CancellationToken cancellation) =>
        RemoveAsync(
            "DELETE FROM attempt WHERE (subscription, time, id) IN (SELECT subscription, time, id FROM attempt WHERE time < ? LIMIT ?)",
            before.ToUnixTimeMilliseconds(),
            limit,
            cancellation
        );
}
