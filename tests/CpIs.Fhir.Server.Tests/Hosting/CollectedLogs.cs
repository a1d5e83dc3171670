using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CpIs.Fhir.Server.Tests.Hosting;

/// <summary>Everything that reaches a log, as the text that a sink would write: message, state, scopes and exception.</summary>
[ProviderAlias("Collected")]
public sealed class CollectedLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _lines = new();
    private IExternalScopeProvider? _scopes;

    public string Text => string.Join('\n', _lines);

    public IReadOnlyCollection<string> Lines => _lines;

    public int Count => _lines.Count;

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() { }

    private sealed class Line(CollectedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs) : "";
            logs._lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} {values} {exception}");
            logs._scopes?.ForEachScope(
                (scope, lines) =>
                    lines.Enqueue(
                        scope is IEnumerable<KeyValuePair<string, object?>> inside
                            ? string.Join(' ', inside)
                            : $"{scope}"
                    ),
                logs._lines
            );
        }
    }
}
