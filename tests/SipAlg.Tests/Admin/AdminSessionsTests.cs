using SipAlg.Admin.Access;
using SipAlg.Testing;

namespace SipAlg.Tests.Admin;

public sealed class AdminSessionsTests
{
    private readonly ManualTime _time = new();
    private readonly AdminSessions _sessions;

    public AdminSessionsTests() => _sessions = new AdminSessions(_time);

    [Fact]
    public void A_session_is_found_by_its_secret_alone()
    {
        var secret = _sessions.Begin(mayChange: true, "192.0.2.1");

        Assert.True(_sessions.Find(secret)!.MayChange);
        Assert.Null(_sessions.Find(secret + "x"));
        Assert.Null(_sessions.Find(""));
        Assert.Null(_sessions.Find(null));
        Assert.DoesNotContain(_sessions.Find(secret)!.Name, secret, StringComparison.Ordinal);
        Assert.True(secret.Length >= 43, "256 bits");
    }

    [Fact]
    public void An_idle_session_ends_and_a_used_one_goes_on()
    {
        var (idle, used) = (_sessions.Begin(true, ""), _sessions.Begin(true, ""));
        Pass(AdminSessions.Idle - TimeSpan.FromSeconds(1));
        Assert.NotNull(_sessions.Find(used));

        Pass(TimeSpan.FromSeconds(1));

        Assert.Null(_sessions.Find(idle));
        Assert.NotNull(_sessions.Find(used));
    }

    [Fact]
    public void A_session_ends_in_any_case_when_it_has_lasted_too_long()
    {
        var secret = _sessions.Begin(true, "");
        var session = _sessions.Find(secret)!;
        for (var passed = TimeSpan.Zero; passed < AdminSessions.Longest - TimeSpan.FromMinutes(10); passed += TimeSpan.FromMinutes(10))
        {
            Assert.NotNull(_sessions.Find(secret));
            Pass(TimeSpan.FromMinutes(10));
        }

        Assert.True(_sessions.Holds(session));
        Pass(TimeSpan.FromMinutes(10));

        Assert.Null(_sessions.Find(secret));
        Assert.False(_sessions.Holds(session));
    }

    [Fact]
    public void Of_too_many_the_one_that_was_idle_longest_ends()
    {
        var secrets = Enumerable.Range(0, AdminSessions.Most).Select(_ => _sessions.Begin(false, "")).ToArray();
        Pass(TimeSpan.FromSeconds(1));
        Array.ForEach(secrets[1..], secret => Assert.NotNull(_sessions.Find(secret)));

        var last = _sessions.Begin(false, "");

        Assert.Equal(AdminSessions.Most, _sessions.Count);
        Assert.Null(_sessions.Find(secrets[0]));
        Assert.NotNull(_sessions.Find(secrets[1]));
        Assert.NotNull(_sessions.Find(last));
    }

    [Fact]
    public void A_session_that_was_ended_is_gone()
    {
        var secret = _sessions.Begin(true, "");
        Assert.True(_sessions.End(secret));
        Assert.Null(_sessions.Find(secret));
        Assert.False(_sessions.End(secret));
        Assert.False(_sessions.End(null));
    }

    private void Pass(TimeSpan time) => _time.MoveTo(_time.Now + (long)time.TotalMilliseconds);
}
