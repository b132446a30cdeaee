using SipAlg.Media.Relaying;

namespace SipAlg.Media.Tests.Relaying;

public sealed class SequenceLockTests
{
    private SequenceLock _lock;
    private long _one;
    private long _other;

    [Fact]
    public async Task A_reader_never_takes_half_a_write()
    {
        const int Writes = 200_000;
        var writer = Task.Run(() =>
        {
            for (var i = 1; i <= Writes; i++)
            {
                _lock.BeginWrite();
                Volatile.Write(ref _one, i);
                Volatile.Write(ref _other, -i);
                _lock.EndWrite();
            }
        });
        long last = 0;
        while (last < Writes)
        {
            var version = _lock.Version;
            var (one, other) = (Volatile.Read(ref _one), Volatile.Read(ref _other));
            if (!SequenceLock.IsBeingWritten(version) && _lock.IsStill(version))
            {
                Assert.Equal(0, one + other);
                Assert.True(one >= last);
                last = one;
            }
        }

        await writer;
    }
}
