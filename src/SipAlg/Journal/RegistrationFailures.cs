using System.Threading.Channels;
using SipAlg.Calls.Registrations;
using SipAlg.Calls.Verdicts;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Journal;

/// <summary>A phone that could not register, perhaps many times in the same way.</summary>
/// <param name="Last">The latest.</param>
/// <param name="Verdict">What is to be said of it.</param>
/// <param name="First">When it began; UTC.</param>
/// <param name="Count">Of those that were told; where very many come they are not all.</param>
/// <param name="Number">Of its first attempt among those of all, the newer the higher: its place in lists, which stays however often it tries.</param>
internal sealed record FailedPhone(RegistrationFailure Last, Verdict Verdict, DateTimeOffset First, long Count, long Number);

/// <summary>
/// The phones that could not register, those whose failing began last first. One that tries again and again in the same way is there once, and no source
/// has more than a few: who guesses names hides nobody. Lanes only queue, and no more than a few a second; a loop puts in order.
/// </summary>
internal sealed class RegistrationFailures : IDisposable
{
    public const int Capacity = 1000;
    public const int MostOfSource = 20;

    private readonly Channel<RegistrationFailure> _queue = Channel.CreateBounded<RegistrationFailure>(new BoundedChannelOptions(1024));
    private readonly Lock _lock = new();

    /// <summary>The one that tried last at the end.</summary>
    private readonly List<FailedPhone> _phones = [];
    private long _number;

    public RegistrationFailures() => _ = Task.Run(SortAsync);

    /// <summary>The loop ends.</summary>
    public void Dispose() => _queue.Writer.TryComplete();

    /// <summary>Called on lanes; of more than can be put in order some are left out.</summary>
    public void Add(RegistrationFailure failure) => _ = _queue.Writer.TryWrite(failure);

    /// <param name="text">In the user's name, the address-of-record or the source; null: all.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="before">0 for the first page, else the number of the last of the page before.</param>
    public IReadOnlyList<FailedPhone> List(string? text, int limit, long before = 0)
    {
        lock (_lock)
        {
            // What was told before somebody asks is in the answer.
            Sort();
            return [.. _phones.OrderByDescending(phone => phone.Number).Where(phone => (before == 0 || phone.Number < before) && (text is null || Has(phone.Last, text))).Take(limit)];
        }
    }

    /// <summary>Puts in order what has been queued.</summary>
    private void Sort()
    {
        while (_queue.Reader.TryRead(out var failure))
        {
            // The configuration of then is not kept alive by it.
            Add(failure with { Model = null }, RegistrationVerdicts.Of(failure));
        }
    }

    private async Task SortAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            lock (_lock)
            {
                Sort();
            }
        }
    }

    private static bool Has(RegistrationFailure failure, string text) =>
        failure.User?.Contains(text, StringComparison.OrdinalIgnoreCase) == true || failure.Aor.Contains(text, StringComparison.OrdinalIgnoreCase) || failure.Source.ToString().Contains(text, StringComparison.Ordinal);

    private void Add(RegistrationFailure failure, Verdict verdict)
    {
        var same = _phones.FindIndex(phone => Key(phone.Last, phone.Verdict) == Key(failure, verdict));
        var phone = same < 0 ? new FailedPhone(failure, verdict, failure.At, 1, ++_number)
            : _phones[same] with { Last = failure, Verdict = verdict, Count = _phones[same].Count + 1 };
        if (same >= 0)
        {
            _phones.RemoveAt(same);
        }
        else if (_phones.Count(other => other.Last.Source.Address == failure.Source.Address) >= MostOfSource)
        {
            _phones.RemoveAt(_phones.FindIndex(other => other.Last.Source.Address == failure.Source.Address));
        }
        else if (_phones.Count == Capacity)
        {
            _phones.RemoveAt(0);
        }

        _phones.Add(phone);
    }

    private static (string, IpAddress, string, string?, VerdictCode) Key(RegistrationFailure failure, Verdict verdict) =>
        (failure.Realm, failure.Source.Address, failure.Aor, failure.User, verdict.Code);
}
