using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Registrations;
using SipAlg.Calls.Verdicts;
using SipAlg.Journal;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Tests.Journal;

/// <summary>Phones that could not register: each once, however often it tried, and none hidden by those who try most.</summary>
public sealed class RegistrationFailuresTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly RegistrationFailures _failures = new();
    private int _seconds;

    public void Dispose() => _failures.Dispose();

    private void Fail(string user, string source = "192.0.2.1", RefusalReason reason = RefusalReason.OtherUser)
    {
        _failures.Add(new RegistrationFailure(Noon.AddSeconds(_seconds++), "phones", new IpEndpoint(IpAddress.Parse(source), 5060))
        {
            Aor = $"{user}@example.com", User = user, Status = 403, Reason = reason, Credentials = AuthenticationOutcome.Accepted,
        });
        _ = _failures.List(null, 1);
    }

    [Fact]
    public void A_phone_that_tries_again_is_there_once()
    {
        Fail("alice");
        Fail("bob");
        Fail("alice");
        Fail("alice");
        var phones = _failures.List(null, 10);
        Assert.Equal(["bob", "alice"], phones.Select(phone => phone.Last.User));
        Assert.Equal((3L, Noon, Noon.AddSeconds(3), VerdictCode.OtherUser), (phones[1].Count, phones[1].First, phones[1].Last.At, phones[1].Verdict.Code));

        // In another way is something else.
        Fail("alice", reason: RefusalReason.TooManyContacts);
        Assert.Equal(3, _failures.List(null, 10).Count);
    }

    [Fact]
    public void A_list_is_of_those_who_are_asked_for()
    {
        Fail("alice");
        Fail("bob", "192.0.2.9");
        Assert.Equal("alice", Assert.Single(_failures.List("LICE@exa", 10)).Last.User);
        Assert.Equal("bob", Assert.Single(_failures.List("192.0.2.9", 10)).Last.User);
        Assert.Empty(_failures.List("carol", 10));
        Assert.Equal("bob", Assert.Single(_failures.List(null, 1)).Last.User);
    }

    [Fact]
    public void Pages_go_on_where_the_one_before_ended()
    {
        Fail("alice");
        Fail("bob");
        Fail("carol");
        var first = _failures.List(null, 2);
        Assert.Equal(["carol", "bob"], first.Select(phone => phone.Last.User));
        Fail("dave");
        Assert.Equal("alice", Assert.Single(_failures.List(null, 2, first[^1].Number)).Last.User);
    }

    /// <summary>Who tries again between two pages, however often, is in the list once all the same.</summary>
    [Fact]
    public void Pages_are_stable() => Prop.ForAll(
        (from first in Gen.Choose(0, 60) from limit in Gen.Choose(1, 9) from tries in Gen.ListOf(Gen.Choose(0, 80)) select (first, limit, tries)).ToArbitrary(),
        scene =>
        {
            using var failures = new RegistrationFailures();
            Enumerable.Range(0, scene.first).ToList().ForEach(Try);
            List<int> seen = [];
            var tries = new Queue<int>(scene.tries);
            for (long before = 0; ;)
            {
                var page = failures.List(null, scene.limit + 1, before);
                seen.AddRange(page.Take(scene.limit).Select(phone => int.Parse(phone.Last.User!, CultureInfo.InvariantCulture)));
                if (page.Count <= scene.limit)
                {
                    break;
                }

                before = page[scene.limit - 1].Number;
                for (var again = 0; again < 3 && tries.TryDequeue(out var user); again++)
                {
                    Try(user);
                }
            }

            return seen.SequenceEqual(Enumerable.Range(0, scene.first).Reverse());

            void Try(int user) => failures.Add(new RegistrationFailure(Noon, "phones", new IpEndpoint(IpAddress.Parse($"10.0.0.{user}"), 5060))
            {
                Aor = $"{user}@example.com", User = $"{user}", Status = 403, Reason = RefusalReason.OtherUser, Credentials = AuthenticationOutcome.Accepted,
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Who_guesses_names_hides_nobody()
    {
        Fail("alice");
        for (var guess = 0; guess < 3000; guess++)
        {
            Fail($"guess{guess}", "198.51.100.7");
        }

        Assert.Equal(RegistrationFailures.MostOfSource + 1, _failures.List(null, RegistrationFailures.Capacity).Count);
        Assert.Single(_failures.List("alice", 10));
        for (var source = 0; source < 2 * RegistrationFailures.Capacity; source++)
        {
            Fail("many", $"10.0.{source / 250}.{source % 250}");
        }

        Assert.Equal(RegistrationFailures.Capacity, _failures.List(null, 2 * RegistrationFailures.Capacity).Count);
    }
}
