using FsCheck;
using FsCheck.Fluent;
using SipAlg.Admin;
using SipAlg.Calls.Bans;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing;

namespace SipAlg.Tests.Admin;

/// <summary>The pages of the bans, while bans begin, end and change.</summary>
public sealed class BanCursorTests
{
    /// <summary>Whatever happens between two pages: a ban that stands all the while comes once.</summary>
    [Fact]
    public void Pages_are_stable() => Prop.ForAll(
        (from first in Gen.Choose(0, 40) from limit in Gen.Choose(1, 9) from events in Gen.ListOf(from kind in Gen.Choose(0, 3) from source in Gen.Choose(0, 60) select (kind, source)) select (first, limit, events)).ToArbitrary(),
        scene =>
        {
            var time = new ManualTime();
            var list = new BanList(time);
            var begun = new HashSet<string>();
            Enumerable.Range(0, scene.first).ToList().ForEach(source => Ban(source, isProven: source % 3 == 0));
            var stood = list.List().Select(ban => ban.Text).ToHashSet();
            List<string> seen = [];
            var events = new Queue<(int Kind, int Source)>(scene.events);
            BanCursor? cursor = null;
            do
            {
                Assert.True(BanCursor.TryParse(cursor?.ToString() ?? "", out var from));
                seen.AddRange(BanCursor.Page(list.List(), from, scene.limit, out cursor).Select(ban => ban.Text));
                for (var happens = 0; happens < 3 && events.TryDequeue(out var next); happens++)
                {
                    Happen(next.Kind, next.Source);
                }
            }
            while (cursor is not null);

            return stood.All(text => seen.Count(other => other == text) == 1) && seen.All(text => stood.Contains(text) || begun.Contains(text));

            void Happen(int kind, int source)
            {
                time.MoveTo(time.Now + (kind == 3 ? 0 : 1));
                if (kind == 0)
                {
                    list.Lift(Address(source), "a test");
                    stood.Remove(Address(source).ToString());
                }
                else
                {
                    Ban(source, isProven: kind == 1);
                }
            }

            void Ban(int source, bool isProven)
            {
                if (list.Add(Address(source), BanReason.Scanner, "a scanner", isProven, "phones") is { } ban)
                {
                    begun.Add(ban.Text);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_ban_that_is_proven_later_keeps_its_place()
    {
        var time = new ManualTime();
        var list = new BanList(time);
        list.Add(Address(1), BanReason.Scanner, "a scanner", isProven: false, "phones");
        time.MoveTo(1000);
        list.Add(Address(2), BanReason.Scanner, "a scanner", isProven: false, "phones");
        time.MoveTo(2000);
        list.Add(Address(1), BanReason.Scanner, "a scanner", isProven: true, "phones");

        Assert.Equal(["203.0.113.2", "203.0.113.1"], list.List().Select(ban => ban.Text));
        Assert.True(list.List()[1].IsProven);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("638712345-203.0.113.5", true)]
    [InlineData("638712345-2001:db8::/64", true)]
    [InlineData("x", false)]
    [InlineData("-5", false)]
    [InlineData("5", false)]
    [InlineData("99999999999999999999-203.0.113.5", false)]
    public void A_cursor_is_what_the_page_before_gave(string text, bool isSound) => Assert.Equal(isSound, BanCursor.TryParse(text, out _));

    private static IpAddress Address(int source) => IpAddress.Parse($"203.0.113.{source}");
}
