using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace CpIs.Fhir.Core.Protection;

/// <summary>
/// Data keys that were used lately, bounded. Two generations: when the young one is full, the old one is dropped and
/// wiped, and what is asked for meanwhile moves back among the young. Keys are copied in and out under the lock, because
/// one that is wiped while it seals would seal under zeros.
/// </summary>
/// <param name="capacity">Most keys in a generation; there are at most twice as many.</param>
/// <param name="comparer">Compares what keys are found by.</param>
internal sealed class KeyCache<TName>(int capacity, IEqualityComparer<TName>? comparer = null)
    where TName : notnull
{
    private readonly Lock _lock = new();
    private Dictionary<TName, Entry> _young = new(comparer);
    private Dictionary<TName, Entry> _old = new(comparer);

    private readonly record struct Entry(byte[] Key, byte[] Header);

    /// <summary>Copies a key out.</summary>
    /// <param name="name">What it is found by.</param>
    /// <param name="key">Gets the key.</param>
    /// <param name="header">What it was kept with.</param>
    public bool TryGet(TName name, Span<byte> key, [NotNullWhen(true)] out byte[]? header)
    {
        lock (_lock)
        {
            if (!_young.TryGetValue(name, out var entry))
            {
                if (!_old.Remove(name, out entry))
                {
                    header = null;
                    return false;
                }

                Keep(name, entry);
            }

            entry.Key.CopyTo(key);
            header = entry.Header;
            return true;
        }
    }

    /// <summary>Copies a key in. Where two threads made one for the same name, the first stays.</summary>
    public void Add(TName name, ReadOnlySpan<byte> key, byte[] header)
    {
        lock (_lock)
            if (!_young.ContainsKey(name) && !_old.ContainsKey(name))
                Keep(name, new Entry(key.ToArray(), header));
    }

    /// <summary>Drops and wipes everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Wipe(_young);
            Wipe(_old);
        }
    }

    private void Keep(TName name, Entry entry)
    {
        if (_young.Count >= capacity)
        {
            Wipe(_old);
            (_young, _old) = (_old, _young);
        }

        _young.Add(name, entry);
    }

    private static void Wipe(Dictionary<TName, Entry> generation)
    {
        foreach (var entry in generation.Values)
            CryptographicOperations.ZeroMemory(entry.Key);
        generation.Clear();
    }
}
